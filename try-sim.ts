import { runSeed } from './test/simulation/run-seed.ts';
const [from, to, trace] = process.argv.slice(2);
let bad=0; const t0=performance.now(); const c0=process.cpuUsage();
for (let seed=Number(from); seed<=Number(to); seed++) {
  const t=performance.now();
  const o = await runSeed(seed, trace ? { trace: (l) => console.log(l) } : {});
  const ms=performance.now()-t;
  if (o.violations.length) bad++;
  console.log(seed, o.digest.slice(0,8), 'ev',o.events,'eff',o.effects,'healed',o.healed,'steps',o.steps,'sim',Math.round(o.simulatedMs/1000),'ms',Math.round(ms), o.violations.slice(0,4).map(v=>v.slice(0,600)).join('\n   '));
}
const c=process.cpuUsage(c0); console.log("bad",bad,"avg",Math.round((performance.now()-t0)/(Number(to)-Number(from)+1)),"cpu",Math.round((c.user+c.system)/1000/(Number(to)-Number(from)+1)));
