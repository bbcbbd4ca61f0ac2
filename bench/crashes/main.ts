import { describeViolations } from '#libs/testing';
import { FAILPOINT_ACTIONS, type FailpointName, FAILPOINTS } from '../../src/platform/failpoint-list.ts';
import { atLeast, exactly, type Figure, measured } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement, UsageError } from '../report/measurement.ts';
import { type CrashPlan, FAILPOINT_NAMES } from './crash-plan.ts';
import { toLedgerFigures } from './ledger-figures.ts';
import { type CrashRun, runCrashes } from './run-crashes.ts';

const HELP = `npm run crashes -- [NAME…] [--each N] [--action ACTION]

Has the orchestrator break at each of its failpoints while services fail all the time, starts it again at once, and judges the whole
log in the end. Which time a failpoint is reached when it breaks follows from the seed.

  NAME…             these failpoints only
  --each N          how often each failpoint is met (20)
  --action ACTION   ${FAILPOINT_ACTIONS.join(', ')} (kill)

${Object.entries(FAILPOINTS)
  .map(([name, meaning]) => `  ${name.padEnd(22)} ${meaning}`)
  .join('\n')}
`;

function chooseNames(words: readonly string[]): readonly FailpointName[] {
  const unknown = words.filter((word) => !FAILPOINT_NAMES.some((name) => name === word));
  if (unknown.length > 0) throw new UsageError(`there is no failpoint ${unknown.join(', ')}; npm run crashes -- --help`);
  return words.length === 0 ? FAILPOINT_NAMES : FAILPOINT_NAMES.filter((name) => words.includes(name));
}

function chooseAction(options: MeasurementContext['options']): CrashPlan['action'] {
  const wanted = options['action'] ?? 'kill';
  const action = FAILPOINT_ACTIONS.find((known) => known === wanted);
  if (action === undefined) throw new UsageError(`--action is one of ${FAILPOINT_ACTIONS.join(', ')}`);
  return action;
}

function toFigures(run: CrashRun, { names, each, action }: CrashPlan): Figure[] {
  const crashed = { name: 'given up as a handler crashed', unit: 'messages and fixes' };
  return [
    ...names.map((name) => exactly({ name: `broken at ${name}`, unit: 'times' }, run.met.get(name) ?? 0, each)),
    measured({ name: 'reports stored', unit: 'reports' }, run.reports),
    atLeast({ name: 'fixes that healed, for each life', unit: 'fixes' }, run.healed / run.lives, 1),
    atLeast({ name: 'escalations', unit: 'escalations' }, run.escalated, 1),
    atLeast({ name: 'escalations told', unit: 'calls' }, run.told, 1),
    // A step that is made to fail is a handler that crashes.
    action === 'throw' ? measured(crashed, run.quarantined) : exactly(crashed, run.quarantined, 0),
    ...toLedgerFigures(run),
    exactly({ name: 'broken laws', unit: 'violations' }, run.violations.length, 0),
  ];
}

async function measure({ words, options, seed, say }: MeasurementContext): Promise<Measured> {
  const plan = { names: chooseNames(words), action: chooseAction(options), each: readCount(options, 'each', 20), seed };
  const run = await runCrashes(plan, say);
  if (run.violations.length > 0) say(describeViolations(run.violations));
  return { figures: toFigures(run, plan), rounds: [{ ...run, met: Object.fromEntries(run.met) }] };
}

await runMeasurement({
  name: 'crashes',
  help: HELP,
  options: { each: { type: 'string' }, action: { type: 'string' } },
  measure,
});
