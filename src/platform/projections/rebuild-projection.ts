import type { PoolClient } from 'pg';
import { catchUp } from './catch-up.ts';
import { findGeneration, type Generation, getGeneration } from './generation.ts';
import type { Projection } from './projection.ts';
import { NoPreviousGenerationError, ProjectionDiffersError, SwitchBusyError } from './projection.errors.ts';
import { inTransaction } from './prepared-page.ts';
import { ProjectionRunner, type RunnerParts } from './projection-runner.ts';

export interface RebuildOptions {
  /** Heard after every page: how far it has come, and how far it has to go. */
  readonly onProgress?: (position: number, through: number) => void;
  readonly signal?: AbortSignal;
  /** Takes the new tables also where they differ from the live ones. */
  readonly isForced?: boolean;
}

export interface Rebuilt {
  readonly outcome: 'switched' | 'interrupted';
  readonly generation: number;
  readonly position: number;
  /** Hexadecimal; of the rows of all its tables. */
  readonly digest: string;
}

/** Readers let go of a view within this time, or the switch is tried again: nobody who comes after waits longer. */
const LOCK_TIMEOUT_MS = 200;
const SWITCH_TRIES = 50;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Makes a read model anew beside the one that is read, and then has the views show the new tables. An interrupted rebuild is gone
 * on with by the next one. Readers see the old tables or the new ones, at the same position.
 *
 * @throws ProjectionDiffersError when the new rows aren't those of the live tables, though both are of the same version
 * @throws SwitchBusyError
 */
export async function rebuildProjection(
  projection: Projection,
  parts: RunnerParts,
  { onProgress, signal, isForced = false }: RebuildOptions = {},
): Promise<Rebuilt> {
  const runner = new ProjectionRunner(projection, parts);
  const number = await beginGeneration(parts, projection, 'building');
  let at = await getGeneration(parts.pool, projection.name, number);
  const attempt = async (): Promise<Rebuilt> => {
    const through = (await getGeneration(parts.pool, projection.name, 'live')).position;
    at = await catchUp(runner, at, { through, signal, onProgress: (position) => onProgress?.(position, through) });
    if (signal?.aborted === true) return toRebuilt('interrupted', at);
    return toRebuilt('switched', await switchTo(runner, parts, { at, isForced }));
  };
  return untilUnlocked(projection, attempt);
}

/**
 * Has the views show the tables of before the last rebuild again; they catch up with what has happened since.
 *
 * @throws NoPreviousGenerationError, SwitchBusyError
 */
export async function returnToPrevious(projection: Projection, { pool }: RunnerParts): Promise<Generation> {
  const previous = await findGeneration(pool, projection.name, 'previous');
  if (previous === undefined) throw new NoPreviousGenerationError(projection.name);
  await untilUnlocked(projection, () =>
    inTransaction(pool, async (client) => {
      await pointViewsAt(client, previous);
      return true;
    }),
  );
  return previous;
}

/** Tries again while others hold on to what is to be switched. */
async function untilUnlocked<T>({ name }: Projection, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      if (tries >= SWITCH_TRIES) throw new SwitchBusyError(name, error);
    }
  }
}

/** @returns the number of the generation, which may have been begun before */
export async function beginGeneration(
  { pool }: RunnerParts,
  { name, version }: Projection,
  state: 'building' | 'checking',
): Promise<number> {
  const { rows } = await pool.query<{ generation: number }>('SELECT begin_generation($1, $2, $3) AS generation', [
    name,
    version,
    state,
  ]);
  return rows[0]?.generation ?? 0;
}

/** While the live generation is locked it can't move away; the last stretch is caught up with then. */
async function switchTo(
  runner: ProjectionRunner,
  { pool }: RunnerParts,
  { at, isForced }: { at: Generation; isForced: boolean },
): Promise<Generation> {
  let built = at;
  await inTransaction(pool, async (client) => {
    await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await client.query("SELECT FROM projection_generations WHERE projection = $1 AND state = 'live' FOR UPDATE", [at.projection]);
    const live = await getGeneration(client, at.projection, 'live');
    built = await catchUp(runner, built, { through: live.position });
    const isSame = live.version !== built.version || live.digest.equals(built.digest);
    if (!isSame && !isForced) throw new ProjectionDiffersError(at.projection, built.position);
    await pointViewsAt(client, built);
    return true;
  });
  return built;
}

async function pointViewsAt(client: PoolClient, { projection, generation }: Generation): Promise<void> {
  await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
  await client.query('SELECT switch_projection($1, $2)', [projection, generation]);
}

const isLockTimeout = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE;

const toRebuilt = (outcome: Rebuilt['outcome'], { generation, position, digest }: Generation): Rebuilt => ({
  outcome,
  generation,
  position,
  digest: digest.toString('hex'),
});
