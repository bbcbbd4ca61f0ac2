import { createPool, PostgresEventStore } from '#libs/event-store';
import { withClient } from '#libs/testing';
import { catchUp } from '../../src/platform/projections/catch-up.ts';
import { getGeneration } from '../../src/platform/projections/generation.ts';
import type { Projection } from '../../src/platform/projections/projection.ts';
import { ProjectionRunner, type RunnerParts } from '../../src/platform/projections/projection-runner.ts';
import { PROJECTION_POOL } from '../../src/platform/projections/projections.ts';
import { rebuildProjection } from '../../src/platform/projections/rebuild-projection.ts';
import { READ_MODELS } from '../../src/read-models.ts';
import { atLeast, exactly } from '../report/figure.ts';
import { fillWithHistory } from './history.ts';
import type { Part } from './stage.ts';

const EVENTS = 1_000_000;
const SEED = 1;

interface Rebuild {
  readModel: string;
  eventsPerSecond: number;
  isEqual: boolean;
}

/** How fast each read model alone is made anew from a long history, and whether it comes to the digest of the live one. */
export const measureRebuilds: Part = async ({ createDatabase, opened, say }) => {
  const { appUrl: connectionString, ownerUrl } = await createDatabase('log');
  const store = opened(new PostgresEventStore({ connectionString, applicationName: 'bench-log' }));
  await fillWithHistory(store, EVENTS, SEED);
  await withClient(ownerUrl, (client) => client.query('VACUUM (ANALYZE) events'));
  say(`rebuilds: a history of ${EVENTS} events is there`);
  const pool = createPool({ connectionString, ...PROJECTION_POOL });
  opened({ close: () => pool.end() });
  const rebuilds: Rebuild[] = [];
  for (const projection of READ_MODELS) {
    rebuilds.push(await rebuild(projection, { store, pool }));
    say(`rebuilds: ${projection.name}`);
  }
  return {
    figures: [
      ...rebuilds.map(({ readModel, eventsPerSecond }) =>
        atLeast({ name: `rebuild of ${readModel}`, unit: 'events/s' }, eventsPerSecond, 30_000),
      ),
      exactly(
        { name: 'rebuilds whose digest is not that of the live one', unit: 'read models' },
        rebuilds.filter(({ isEqual }) => !isEqual).length,
        0,
      ),
    ],
    rounds: rebuilds.map((each) => ({ part: 'rebuilds', ...each })),
  };
};

/** The live tables are filled first, as if they had followed all along. */
async function rebuild(projection: Projection, parts: RunnerParts): Promise<Rebuild> {
  const empty = await getGeneration(parts.pool, projection.name, 'live');
  const live = await catchUp(new ProjectionRunner(projection, parts), empty, { through: EVENTS });
  const startedMs = performance.now();
  const { digest } = await rebuildProjection(projection, parts, { isForced: true });
  return {
    readModel: projection.name,
    eventsPerSecond: (1000 * EVENTS) / (performance.now() - startedMs),
    isEqual: digest === live.digest.toString('hex'),
  };
}
