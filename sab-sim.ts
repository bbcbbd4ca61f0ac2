import { runSeed } from './test/simulation/run-seed.ts';
import { SABOTAGES } from './test/simulation/sabotages.ts';
const [only, from='1', to='300', want=''] = process.argv.slice(2);
for (const s of SABOTAGES) {
  if (only && only !== 'all' && s.name !== only) continue;
  for (let seed=Number(from); seed<=Number(to); seed++) { const o = await runSeed(seed, { wiring: s.wiring }); const f = o.violations.join(' | '); if (f) console.log(seed, f.slice(0,300)); if (want && f.includes(want)) break; }
}
