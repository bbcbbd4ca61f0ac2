import { describeViolations } from '#libs/testing';
import { atLeast, atMost, exactly, type Figure, measured } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { type FloodRun, runFlood } from './run-flood.ts';

const HELP = `npm run flood -- [--errors N] [--warm-up N]

One service reports the same error over and over, at half the rate that the intake was found to take in the same run, and its fix does
not help. Another agent reports one error after the other before and meanwhile.

  --errors N    how many equal errors (1000000)
  --warm-up N   by how many the rate of the intake is found out (60000)`;

const QUIET_SECONDS = 30;
/** Of fewer, a percentile is what chance makes of the slowest ones. */
const LEAST_RECEIPTS = 500;
const MOST_MIB = 1_024;
/** From here on decisions wait, unless told otherwise. */
const MOST_LAG_MS = 5_000;

function toFigures(run: FloodRun, errors: number): Figure[] {
  return [
    measured({ name: 'intake, as fast as it goes', unit: 'reports/s' }, run.intakePerSecond),
    atMost({ name: 'what decisions read is behind meanwhile, most', unit: 'ms' }, run.intakeLagMs, MOST_LAG_MS),
    atLeast({ name: 'rate of the flood ÷ that of the intake', unit: 'ratio' }, run.floodPerSecond / run.intakePerSecond, 0.45),
    exactly({ name: 'incidents', unit: 'incidents' }, run.incidents, 1),
    exactly({ name: 'commands', unit: 'commands' }, run.commands, 1),
    exactly({ name: 'reports stored', unit: 'reports' }, run.stored, errors),
    exactly({ name: 'reports with a receipt', unit: 'reports' }, run.receipted, errors),
    exactly({ name: 'counted into the incident', unit: 'reports' }, run.counted, errors),
    exactly({ name: 'reports of others stored', unit: 'reports' }, run.bystanderStored, run.bystanderReported),
    atLeast({ name: "others' receipts that were timed before", unit: 'receipts' }, run.quietCount, LEAST_RECEIPTS),
    atLeast({ name: "others' receipts that were timed meanwhile", unit: 'receipts' }, run.floodCount, LEAST_RECEIPTS),
    measured({ name: "others' receipts before: p99", unit: 'ms' }, run.quietP99),
    measured({ name: "others' receipts meanwhile: p99", unit: 'ms' }, run.floodP99),
    atMost({ name: "others' receipts, p99 meanwhile ÷ before", unit: 'ratio' }, run.floodP99 / run.quietP99, 2),
    atMost({ name: 'memory of the orchestrator, most', unit: 'MiB' }, run.peakMiB, MOST_MIB),
    exactly({ name: 'broken laws', unit: 'violations' }, run.violations.length, 0),
  ];
}

async function measure({ options, say }: MeasurementContext): Promise<Measured> {
  const errors = readCount(options, 'errors', 1_000_000);
  const warmUp = readCount(options, 'warm-up', 60_000);
  const run = await runFlood({ errors, warmUp, quietSeconds: QUIET_SECONDS, say });
  if (run.violations.length > 0) say(describeViolations(run.violations));
  return { figures: toFigures(run, errors), rounds: [{ ...run }] };
}

await runMeasurement({
  name: 'flood',
  help: HELP,
  options: { errors: { type: 'string' }, 'warm-up': { type: 'string' } },
  measure,
});
