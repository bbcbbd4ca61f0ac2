import { writeFileSync } from 'node:fs';
import { atLeast, atMost, exactly, type Figure, measured } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement, UsageError } from '../report/measurement.ts';
import { TIME_FACTOR } from '../chaos/stage.ts';
import { LEAST_BEFALLEN_SHARE } from '../chaos/turmoil.ts';
import { drawPlot } from './line-plot.ts';
import { runSoak, type SoakRun } from './run-soak.ts';

const HELP = `npm run soak -- [--hours H] [--rate R] [--plot FILE]

One orchestrator under a steady load, with calamities for everybody else in the first half: what its heap comes to after major
collections, and what it has open, must not grow.

  --hours H     how long, fractions too (1)
  --rate R      reports per second (300)
  --plot FILE   writes all of it over time there, as SVG`;

const MOST_MB_PER_HOUR = 1;
/** With fewer the interval of a slope is so wide that its lower end says nothing. */
const LEAST_COLLECTIONS = 10;
const LEAST_LOOKED_SHARE = 0.9;

function readHours(options: MeasurementContext['options']): number {
  const hours = Number(options['hours'] ?? 1);
  if (!(hours > 0)) throw new UsageError(`--hours ${String(options['hours'])} is not a number above zero`);
  return hours;
}

function toFigures(run: SoakRun): Figure[] {
  const bounds = run.heapTrends.map((trend) => trend?.lower ?? Number.NaN);
  return [
    measured({ name: 'reports stored', unit: 'reports' }, run.reports),
    measured({ name: 'calamities', unit: 'times' }, run.calamities),
    atLeast({ name: 'calamities that befell somebody', unit: 'of those planned' }, run.befallenShare, LEAST_BEFALLEN_SHARE),
    exactly({ name: 'orchestrator ended by itself', unit: 'times' }, run.orchestratorEnds, 0),
    atLeast({ name: 'major collections of each thread, warm', unit: 'times' }, run.leastCollections, LEAST_COLLECTIONS),
    ...run.heapTrends.map((trend, n) => measured({ name: `heap of thread ${n}: slope`, unit: 'MB/h' }, trend?.slope)),
    atMost({ name: 'heap of any thread: lower bound of the slope', unit: 'MB/h' }, Math.max(...bounds), MOST_MB_PER_HOUR),
    measured({ name: 'resident memory, most', unit: 'MiB' }, run.residentMiB),
    atLeast({ name: 'looks at what is open, of those that were due', unit: 'ratio' }, run.lookedShare, LEAST_LOOKED_SHARE),
    atMost({ name: 'descriptors: lower bound of the slope', unit: '1/h' }, run.descriptorTrend?.lower, 0),
    atMost({ name: 'connections to PostgreSQL: lower bound of the slope', unit: '1/h' }, run.connectionTrend?.lower, 0),
    measured({ name: 'events waiting for their commit, most', unit: 'events' }, run.mostWaitingEvents),
  ];
}

async function measure({ options, seed, say }: MeasurementContext): Promise<Measured> {
  const reportsPerSecond = readCount(options, 'rate', 300);
  const { series, ...run } = await runSoak({ hours: readHours(options), reportsPerSecond, seed, say });
  const { plot } = options;
  if (typeof plot === 'string') writeFileSync(plot, drawPlot(series));
  return { figures: toFigures({ series, ...run }), rounds: [{ ...run, series }], timeFactor: TIME_FACTOR };
}

await runMeasurement({
  name: 'soak',
  help: HELP,
  options: { hours: { type: 'string' }, rate: { type: 'string' }, plot: { type: 'string' } },
  measure,
});
