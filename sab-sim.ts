import { runSeed } from './test/simulation/run-seed.ts';
import { SABOTAGES } from './test/simulation/sabotages.ts';
const [only, max='300'] = process.argv.slice(2);
for (const s of SABOTAGES) {
  if (only && only !== 'all' && s.name !== only) continue;
  const t=performance.now(); let found='';
  let seed=1;
  for (; seed<=Number(max) && !found; seed++) { const o = await runSeed(seed, { wiring: s.wiring }); found = o.violations.join(' | ').slice(0,300); }
  console.log(s.name, found ? `after ${seed-1} seeds` : 'NOT FOUND', Math.round(performance.now()-t)+'ms', found);
}
