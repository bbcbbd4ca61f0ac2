import { exactly, type Figure } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { type Attempt, countDue, countExecuted, type Evidence, findFault } from './judge-forgeries.ts';
import { runForgeries } from './run-forgeries.ts';

const HELP = `npm run forgeries -- [--each N] [--good N]

Sends a real agent commands that it must not carry out, of more than thirty kinds: forged, altered, replayed, expired, foreign,
stale, stopped, above its rate, and good ones among them, each of which it must. Counted are the agent's journal and log, its
metrics, its answers, and the starts of the process that it supervises, by that process itself.

  --each N   forgeries of each kind (66)
  --good N   good commands among them (40)`;

/** Half of what the broker leaves unsettled, so that the others get through while these wait. */
const SLOW = 16;

function toFigures(attempts: readonly Attempt[], evidence: Evidence, faults: ReadonlyMap<Attempt, string>): Figure[] {
  const executed = countExecuted(evidence);
  const kinds = [...new Set(attempts.map(({ kind }) => kind))].map((kind) => attempts.filter((one) => one.kind === kind));
  return [
    exactly({ name: 'carried out that must not be, by the journal', unit: 'commands' }, executed.journal, 0),
    exactly({ name: 'carried out that must not be, by the process', unit: 'starts' }, executed.process, 0),
    exactly({ name: 'good ones carried out', unit: 'commands' }, evidence.started.size - executed.journal, evidence.good.size),
    exactly(
      { name: 'not carried out, by the metrics of the agent', unit: 'commands' },
      evidence.counted,
      countDue(attempts, evidence),
    ),
    ...kinds.map((all) =>
      exactly({ name: all[0]?.kind ?? '', unit: 'as it must' }, all.filter((one) => !faults.has(one)).length, all.length),
    ),
  ];
}

async function measure({ seed, options, say }: MeasurementContext): Promise<Measured> {
  const plan = { seed, each: readCount(options, 'each', 66), good: readCount(options, 'good', 40), slow: SLOW, say };
  const { attempts, evidence } = await runForgeries(plan);
  const faults = new Map(
    attempts.flatMap((attempt) => {
      const fault = findFault(attempt, evidence);
      return fault === undefined ? [] : [[attempt, fault] as const];
    }),
  );
  for (const [attempt, fault] of faults) say(`${attempt.kind}: ${fault} (${attempt.messageId}, command ${attempt.commandId})`);
  const rounds = attempts.map((attempt) => ({ ...attempt, fault: faults.get(attempt) ?? null }));
  return { figures: toFigures(attempts, evidence, faults), rounds };
}

await runMeasurement({ name: 'forgeries', help: HELP, options: { each: { type: 'string' }, good: { type: 'string' } }, measure });
