import type { Pool } from 'pg';
import { formatPosition } from '#libs/contracts';
import type { EventStore } from '#libs/event-store';
import { catchUp } from '../../platform/projections/catch-up.ts';
import { getGeneration } from '../../platform/projections/generation.ts';
import type { Projection } from '../../platform/projections/projection.ts';
import { ProjectionRunner } from '../../platform/projections/projection-runner.ts';
import { PROJECTION_POOL } from '../../platform/projections/projections.ts';
import { VERSION } from '../../platform/version.ts';
import { READ_MODELS } from '../../read-models.ts';
import { type OpenLog, openPool } from '../open-log.ts';
import type { OperatorContext } from '../operator-command.ts';
import { createReplaySchema } from './create-replay-schema.ts';
import type { ReplayManifest } from './manifest.ts';
import type { ReplayOptions } from './replay-log.ts';
import { createSelector } from './selection.ts';

interface SchemaReplay extends ReplayOptions {
  readonly log: OpenLog;
  readonly schema: string;
}

/**
 * Makes all read models of the selected events in a schema of their own, where they can be queried as the live ones are. Its
 * connections know no other schema to write to, and read the log through one that can't write.
 */
export async function replayIntoSchema(
  context: OperatorContext,
  replay: SchemaReplay,
): Promise<Omit<ReplayManifest, 'result_sha256' | 'with_effects' | 'events'>> {
  const { log, schema, to, selection } = replay;
  const owner = context.settings.migrationDatabaseUrl;
  await createReplaySchema(owner, schema, READ_MODELS);
  const pool = openPool(context, owner, { ...PROJECTION_POOL, settings: [...PROJECTION_POOL.settings, `search_path=${schema}`] });
  try {
    const read_models = [];
    let parked = 0;
    for (const [nth, projection] of READ_MODELS.entries()) {
      const report = (position: number): void => replay.onProgress((nth * to + position) / READ_MODELS.length);
      const made = await makeReadModel(projection, { pool, store: select(log.store, replay), report, replay });
      read_models.push(made.readModel);
      parked += made.parked;
    }
    return {
      kind: 'manifest',
      log_id: await log.store.logId(),
      product_version: VERSION,
      range: { from: formatPosition(1), to: formatPosition(to) },
      selection,
      events_with_problems: parked,
      read_models,
    };
  } finally {
    await pool.end();
  }
}

type PageReader = Pick<EventStore, 'readPage'>;

/** Only what is selected. Each reader begins at the beginning, as the selection builds on what came before. */
function select(store: PageReader, { selection }: ReplayOptions): PageReader {
  const isSelected = createSelector(selection);
  return {
    readPage: async ({ after, limit, types }) => {
      const { last, events } = await store.readPage({ after, limit });
      return { last, events: events.filter((event) => isSelected(event) && (types?.includes(event.type) ?? true)) };
    },
  };
}

async function makeReadModel(
  projection: Projection,
  {
    pool,
    store,
    report,
    replay: { to, signal },
  }: { pool: Pool; store: PageReader; report: (position: number) => void; replay: ReplayOptions },
): Promise<{ readModel: ReplayManifest['read_models'][number]; parked: number }> {
  const start = await getGeneration(pool, projection.name, 'live');
  const made = await catchUp(new ProjectionRunner(projection, { pool, store }), start, {
    through: to,
    signal,
    onProgress: report,
  });
  signal.throwIfAborted();
  const { rowCount } = await pool.query('SELECT FROM parked_keys WHERE projection = $1', [projection.name]);
  const { name, version } = projection;
  return { readModel: { read_model: name, version, digest: made.digest.toString('hex') }, parked: rowCount ?? 0 };
}
