// npm run schedules -- --runs 20000          random append schedules with held-open and killed transactions, on a real PostgreSQL
// npm run schedules -- --runs 1000000 --model  the same on the in-memory model
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkNode, ensureDeps, root, runToEnd } from './bootstrap.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '20000' }, model: { type: 'boolean', default: false } },
});
if (!/^[1-9]\d*$/.test(values.runs)) throw new Error(`--runs ${values.runs} is not a number of runs`);
checkNode();
await ensureDeps();
const spec = values.model ? 'memory/append-schedules.spec' : 'postgres/append-schedules.integration.spec';
const r = await runToEnd(process.execPath, [join(root, 'scripts/test.mjs'), `libs/event-store/src/${spec}`], {
  cwd: root,
  env: { ...process.env, SCHEDULE_RUNS: values.runs },
});
process.exit(r.code);
