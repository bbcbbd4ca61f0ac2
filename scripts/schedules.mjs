// npm run schedules -- --runs 20000          random append schedules with held-open and killed transactions, on a real PostgreSQL
// npm run schedules -- --runs 1000000 --model  the same on the in-memory model
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '20000' }, model: { type: 'boolean', default: false } },
});
if (!/^[1-9]\d*$/.test(values.runs)) throw new Error(`--runs ${values.runs} is not a number of runs`);
const spec = values.model ? 'memory/append-schedules.spec' : 'postgres/append-schedules.integration.spec';
process.env.SCHEDULE_RUNS = values.runs;
process.argv.splice(2, Number.POSITIVE_INFINITY, `libs/event-store/src/${spec}`);
// In this process, so that one Ctrl-C has one who cleans up after it.
await import('./test.mjs');
