import { RAISED_LIMITS } from '../agents/raised-limits.ts';
import { atLeast, atMost, exactly, type Figure, measured } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { median } from '../report/median.ts';
import { type LatencyRun, runLatency } from './run-latency.ts';
import { STAGE_NAMES } from './stages.ts';

const HELP = `npm run latency -- [--targets N] [--rate N] [--warm-up SECONDS] [--seconds SECONDS]

From a report to the command at the agent, at an even pace of incidents, each of another target; and what one bare round trip over
NATS and one bare commit take at the same time, on the same servers. The agents acknowledge and are at work until the end. Limits
that are raised by the policy: ${Object.entries(RAISED_LIMITS)
  .map(([name, value]) => `${name} ${value}`)
  .join(', ')}.

  --targets N   in the catalogue (12000)
  --rate N      incidents per second (200)
  --warm-up N   seconds that don't count (10)
  --seconds N   seconds that count (30)`;

const MOST_TIMES = 5;

function toFigures({ incidents, commanded, perSecond, stages, trips, commits }: LatencyRun, rate: number): Figure[] {
  const [trip, commit] = [median(trips), median(commits)];
  const bare = trip === undefined || commit === undefined ? undefined : trip + commit;
  const ratio = stages.whole === undefined || bare === undefined ? undefined : stages.whole / bare;
  return [
    atLeast({ name: 'incidents per second', unit: '1/s' }, perSecond, 0.95 * rate),
    exactly({ name: 'incidents that came to a command', unit: 'incidents' }, commanded, incidents),
    ...STAGE_NAMES.map((name, n) => measured({ name: `p50: ${name}`, unit: 'ms' }, stages.medians[n])),
    measured({ name: 'p50: report → command at the agent', unit: 'ms' }, stages.whole),
    measured({ name: 'p95: report → command at the agent', unit: 'ms' }, stages.p95),
    measured({ name: 'p50: bare NATS round trip', unit: 'ms' }, trip),
    measured({ name: 'p50: bare commit', unit: 'ms' }, commit),
    atMost({ name: 'report → command over round trip and commit', unit: 'times' }, ratio, MOST_TIMES),
  ];
}

async function measure({ options, say }: MeasurementContext): Promise<Measured> {
  const rate = readCount(options, 'rate', 200);
  const plan = {
    targets: readCount(options, 'targets', 12_000),
    perSecond: rate,
    warmUpSeconds: readCount(options, 'warm-up', 10),
    seconds: readCount(options, 'seconds', 30),
  };
  const run = await runLatency({ ...plan, say });
  const { stages, incidents, commanded } = run;
  return { figures: toFigures(run, rate), rounds: [{ ...plan, limits: RAISED_LIMITS, incidents, commanded, ...stages }] };
}

await runMeasurement({
  name: 'latency',
  help: HELP,
  options: {
    targets: { type: 'string' },
    rate: { type: 'string' },
    'warm-up': { type: 'string' },
    seconds: { type: 'string' },
  },
  measure,
});
