import { describeViolations, type ViolationCode } from '#libs/testing';
import { atLeast, atMost, exactly, type Figure, measured } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { toLedgerFigures } from './ledger-figures.ts';
import { type ChaosRun, runChaos } from './run-chaos.ts';
import { TIME_FACTOR } from './stage.ts';
import { LEAST_BEFALLEN_SHARE } from './turmoil.ts';

const HELP = `npm run chaos -- [--minutes M] [--rate R] [--replicas N]

Kills, pauses and cuts orchestrators, PostgreSQL, NATS, agents and the connections between them at random, while services fail and
agents report, a quarter of the time nothing; then waits until all is quiet, and judges the log and what the agents wrote down.

  --minutes M    how long (10)
  --rate R       reports per second of all agents together (500)
  --replicas N   orchestrators (1, 2 or 4, by the seed)`;

const LEAST_HEALED_SHARE = 0.5;
const SETTLED_AFTER_S = 60;
/** An outbox that had no receipt sends again after 30 s, then after another 60 s. */
const QUIET_AFTER_S = 240;
const REPLICAS = [1, 2, 4] as const;

const count = ({ violations }: ChaosRun, code: ViolationCode): number =>
  violations.filter((violation) => violation.code === code).reduce((sum, { ids }) => sum + Math.max(1, ids.length), 0);

function toFigures(run: ChaosRun): Figure[] {
  return [
    atLeast({ name: 'calamities that befell somebody', unit: 'of those planned' }, run.befallenShare, LEAST_BEFALLEN_SHARE),
    ...[...run.befallen].map(([name, times]) => measured({ name, unit: 'times' }, times)),
    measured({ name: 'programs that ended by themselves and were started again', unit: 'times' }, run.endedByThemselves),
    atLeast({ name: 'reports taken in by agents', unit: 'reports' }, run.taken, 1),
    exactly({ name: 'lost', unit: 'reports' }, count(run, 'report-lost'), 0),
    exactly({ name: 'doubled', unit: 'reports' }, count(run, 'report-doubled'), 0),
    exactly({ name: 'effects done twice', unit: 'effects' }, count(run, 'second-effect'), 0),
    ...toLedgerFigures(run),
    exactly({ name: 'fixes without an end or a timer', unit: 'fixes' }, count(run, 'open-saga'), 0),
    exactly({ name: 'dead letters', unit: 'messages' }, run.deadLetters, 0),
    exactly({ name: 'given up as a handler crashed', unit: 'messages and fixes' }, run.quarantined, 0),
    measured({ name: 'services that failed', unit: 'times' }, run.failed),
    measured({ name: 'commands', unit: 'commands' }, run.commands),
    measured({ name: 'fixes that healed', unit: 'fixes' }, run.healed),
    atLeast({ name: 'fixes that healed', unit: 'of services that failed' }, run.healed / run.failed, LEAST_HEALED_SHARE),
    measured({ name: 'fixes given up', unit: 'fixes' }, run.escalated),
    ...Object.entries(run.reasons).map(([reason, times]) => measured({ name: `given up: ${reason}`, unit: 'fixes' }, times)),
    measured({ name: 'a person had to step in', unit: 'times' }, run.mended),
    atMost({ name: 'each fix ended or waiting for a timer, after the last fault', unit: 's' }, run.settledAfter, SETTLED_AFTER_S),
    atMost(
      { name: 'all stored and read and nothing left to do, after the last fault', unit: 's' },
      run.quietAfter,
      QUIET_AFTER_S,
    ),
    exactly({ name: 'heals afterwards', unit: '1 = yes' }, Number(run.healsAfterwards), 1),
    exactly({ name: 'broken laws', unit: 'violations' }, run.violations.length, 0),
  ];
}

async function measure({ options, seed, say }: MeasurementContext): Promise<Measured> {
  const run = await runChaos({
    minutes: readCount(options, 'minutes', 10),
    reportsPerSecond: readCount(options, 'rate', 500),
    replicas: readCount(options, 'replicas', REPLICAS[seed % REPLICAS.length] ?? 1),
    seed,
    say,
  });
  if (run.violations.length > 0) say(describeViolations(run.violations).slice(0, 10_000));
  return { figures: toFigures(run), rounds: [{ ...run, befallen: Object.fromEntries(run.befallen) }], timeFactor: TIME_FACTOR };
}

await runMeasurement({
  name: 'chaos',
  help: HELP,
  options: { minutes: { type: 'string' }, rate: { type: 'string' }, replicas: { type: 'string' } },
  measure,
});
