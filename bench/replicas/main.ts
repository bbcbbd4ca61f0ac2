import { type Measured, type MeasurementContext, readCount, runMeasurement, UsageError } from '../report/measurement.ts';
import { toFigures } from './figures.ts';
import { runReplicas } from './run-replicas.ts';
import { RESTLESS_LIMITS } from '../agents/raised-limits.ts';

const HELP = `npm run replicas -- [--replicas N] [--sagas N] [--targets N] [--pauses S]

Has services fail at random, each again and again, while several orchestrators on one PostgreSQL and one NATS are paused, killed,
stopped and started at random. Agents judge as ours do and note down every command that comes, whatever they make of it. What the
guards go by is set by the policy to ${JSON.stringify(RESTLESS_LIMITS)}.

  --replicas N   orchestrators (2)
  --sagas N      fixes that command something, in all (1000)
  --targets N    services (100)
  --pauses S     the longest pause in seconds; 0: nothing happens to orchestrators, and what they cost is measured (30)`;

const REST_MS = 3_000;

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
  return { figures: toFigures(run, plan), rounds: [{ ...rest, limits: RESTLESS_LIMITS, violations: violations.length }] };
}

const text = { type: 'string' } as const;
await runMeasurement({
  name: 'replicas',
  help: HELP,
  options: { replicas: text, sagas: text, targets: text, pauses: text },
  measure,
});
