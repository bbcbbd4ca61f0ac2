import { atLeast, exactly, type Figure, measured } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement, UsageError } from '../report/measurement.ts';
import { type ReplicasPlan, type ReplicasRun, runReplicas } from './run-replicas.ts';
import { LIMITS } from './stage.ts';

const HELP = `npm run replicas -- [--replicas N] [--sagas N] [--targets N] [--pauses S]

Has services fail at random, each again and again, while several orchestrators on one PostgreSQL and one NATS are paused, killed,
stopped and started at random. Agents judge as ours do and note down every command that comes, whatever they make of it. What the
guards go by is set by the policy to ${JSON.stringify(LIMITS)}.

  --replicas N   orchestrators (2)
  --sagas N      fixes that command something, in all (1000)
  --targets N    services (100)
  --pauses S     the longest pause in seconds; 0: nothing happens to orchestrators, and what they cost is measured (30)`;

const REST_MS = 3_000;

export function toFigures(run: ReplicasRun, { sagas }: Pick<ReplicasPlan, 'sagas'>): Figure[] {
  const { lives } = run;
  return [
    atLeast({ name: 'fixes that commanded something', unit: 'fixes' }, lives.sagas, sagas),
    exactly({ name: 'of them ended', unit: 'fixes' }, lives.ended, lives.sagas),
    exactly({ name: 'commands beside a live one, by the log', unit: 'commands' }, lives.besideAnother, 0),
    exactly({ name: 'actions beside another one, by the agents', unit: 'actions' }, run.overlaps, 0),
    exactly({ name: 'acted upon with a stale fence', unit: 'actions' }, run.staleActions, 0),
    measured({ name: 'delivered with a stale fence', unit: 'commands' }, run.staleDeliveries),
    measured({ name: 'delivered again', unit: 'commands' }, run.repeatedDeliveries),
    exactly({ name: 'faults that came to no end', unit: 'faults' }, run.givenUp, 0),
    exactly({ name: 'broken laws, lost reports among them', unit: 'violations' }, run.violations.length, 0),
    ...toUnrestFigures(run),
    ...toCostFigures(run),
  ];
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

const toUnrestFigures = ({ unrest }: ReplicasRun): Figure[] => [
  measured({ name: 'pauses', unit: 'pauses' }, sum(unrest.map(({ pauses }) => pauses))),
  measured({ name: 'paused in all', unit: 's' }, Math.round(sum(unrest.map(({ pausedMs }) => pausedMs)) / 1_000)),
  measured({ name: 'kills', unit: 'kills' }, sum(unrest.map(({ kills }) => kills))),
  measured({ name: 'stops in order', unit: 'stops' }, sum(unrest.map(({ stops }) => stops))),
];

function toCostFigures({ cost, lives, events }: ReplicasRun): Figure[] {
  if (cost === undefined) return [];
  const perFix = (total: number): number => Math.round((10 * total) / lives.sagas) / 10;
  return [
    measured({ name: 'took', unit: 's' }, Math.round(cost.seconds)),
    measured({ name: 'processor time of all orchestrators', unit: 'ms/fix' }, perFix(cost.orchestratorsMs)),
    measured({ name: 'transactions', unit: '1/fix' }, perFix(cost.commits)),
    measured({ name: 'events', unit: '1/fix' }, perFix(events)),
  ];
}

function readPauses(options: MeasurementContext['options']): number {
  const seconds = Number(options['pauses'] ?? 30);
  if (!(seconds >= 0)) throw new UsageError(`--pauses ${String(options['pauses'])} is no number of seconds`);
  return seconds * 1_000;
}

async function measure({ options, seed, say }: MeasurementContext): Promise<Measured> {
  const plan = {
    replicas: readCount(options, 'replicas', 2),
    sagas: readCount(options, 'sagas', 1_000),
    targets: readCount(options, 'targets', 100),
    longestPauseMs: readPauses(options),
    restMs: REST_MS,
    seed,
    say,
  };
  const run = await runReplicas(plan);
  for (const { code, sentence } of run.violations.slice(0, 20)) say(`broken: ${code}: ${sentence}`);
  const { violations, ...rest } = run;
  say(JSON.stringify(rest));
  return { figures: toFigures(run, plan), rounds: [{ ...rest, limits: LIMITS, violations: violations.length }] };
}

const text = { type: 'string' } as const;
await runMeasurement({
  name: 'replicas',
  help: HELP,
  options: { replicas: text, sagas: text, targets: text, pauses: text },
  measure,
});
