import { startPrivatePostgres } from '#libs/testing';
import { runMigrations } from '../../src/platform/database/run-migrations.ts';
import { measured } from '../report/figure.ts';
import type { Figure } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { type Contestant, createOurLog, createRawTable } from './contestants.ts';
import type { Pace, Workload } from './workload.ts';

const HELP = `npm run bench -- [--scale N]

Appends to our log and to a bare table, in turns on the same PostgreSQL (fsync and synchronous_commit on), and prints the
ratios. The bare table does no versions, no keys, no hash chain, no order of positions: it is the floor, not a peer.

  --scale N     N times as many appends (1)`;

const computeWorkloads = (scale: number): Workload[] => [
  { name: 'one writer', writers: 1, eventsPerAppend: 1, appends: 1_000 * scale },
  { name: '64 writers', writers: 64, eventsPerAppend: 1, appends: 20_000 * scale },
  { name: 'batches of 500', writers: 4, eventsPerAppend: 500, appends: 100 * scale },
];

type Paces = Record<'ours' | 'raw', Pace>;

/** In turns, and the better of two, so that neither has the machine at its best alone. */
async function compare(workload: Workload, ours: Contestant, raw: Contestant): Promise<Paces> {
  const better = (a: Pace, b: Pace): Pace => (a.eventsPerSecond >= b.eventsPerSecond ? a : b);
  const first = { ours: await ours.run(workload), raw: await raw.run(workload) };
  const second = { raw: await raw.run(workload), ours: await ours.run(workload) };
  return { ours: better(first.ours, second.ours), raw: better(first.raw, second.raw) };
}

const toFigures = ({ name }: Workload, { ours, raw }: Paces): Figure[] => [
  measured({ name: `${name}: events/s, ours ÷ raw`, unit: 'ratio' }, ours.eventsPerSecond / raw.eventsPerSecond),
  measured({ name: `${name}: median time, ours ÷ raw`, unit: 'ratio' }, ours.medianMs / raw.medianMs),
  measured({ name: `${name}: ours`, unit: 'events/s' }, ours.eventsPerSecond),
];

async function measure({ options, say }: MeasurementContext): Promise<Measured> {
  const workloads = computeWorkloads(readCount(options, 'scale', 1));
  const postgres = await startPrivatePostgres();
  try {
    await runMigrations(postgres.urls.ownerUrl);
    const contestants = { ours: createOurLog(postgres.urls.url), raw: await createRawTable(postgres.urls.ownerUrl) };
    try {
      return await race(workloads, contestants, say);
    } finally {
      await Promise.all([contestants.ours.close(), contestants.raw.close()]);
    }
  } finally {
    await postgres.remove();
  }
}

async function race(
  workloads: readonly Workload[],
  { ours, raw }: Record<'ours' | 'raw', Contestant>,
  say: MeasurementContext['say'],
): Promise<Measured> {
  const result: Measured = { figures: [], rounds: [] };
  for (const workload of workloads) {
    say(workload.name);
    const paces = await compare(workload, ours, raw);
    result.figures.push(...toFigures(workload, paces));
    result.rounds.push({ ...workload, ...paces });
  }
  return result;
}

await runMeasurement({ name: 'bench', help: HELP, options: { scale: { type: 'string' } }, measure });
