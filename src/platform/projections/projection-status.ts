import type { Pool } from 'pg';
import type { GenerationState } from './generation.ts';

/** How one generation of a read model is, and how far it lags. */
export interface ProjectionStatus {
  readonly projection: string;
  readonly generation: number;
  readonly version: number;
  readonly state: GenerationState;
  readonly position: number;
  readonly headPosition: number;
  /** Since the first event that it hasn't seen; 0 when it has seen all. */
  readonly lagMs: number;
  readonly parkedKeys: number;
  /** Hexadecimal. */
  readonly digest: string;
}

interface StatusRow {
  projection: string;
  generation: number;
  version: number;
  state: GenerationState;
  position: string;
  head: string;
  lag_ms: number;
  parked: string;
  digest: Buffer;
}

const STATUS = `
SELECT g.projection, g.generation, g.version, g.state, g.position, g.digest, lanes.head_position AS head,
  coalesce((SELECT greatest(0, extract(epoch FROM clock_timestamp() - e.recorded_at) * 1000)::double precision
            FROM events e WHERE e.lane = 0 AND e.position = g.position + 1), 0) AS lag_ms,
  (SELECT count(*) FROM parked_keys p WHERE p.projection = g.projection AND p.generation = g.generation) AS parked
FROM projection_generations g CROSS JOIN lanes
WHERE lanes.lane = 0
ORDER BY g.projection, g.generation`;

export async function loadProjectionStatus(database: Pick<Pool, 'query'>): Promise<ProjectionStatus[]> {
  const { rows } = await database.query<StatusRow>(STATUS);
  return rows.map(({ head, lag_ms: lagMs, parked, position, digest, ...row }) => ({
    ...row,
    position: Number(position),
    headPosition: Number(head),
    lagMs: Math.round(lagMs),
    parkedKeys: Number(parked),
    digest: digest.toString('hex'),
  }));
}

/** An event that couldn't be handled, and what was left out after it. */
export interface ParkedKeyStatus {
  readonly projection: string;
  readonly generation: number;
  readonly key: string;
  readonly position: number;
  readonly eventType: string;
  readonly reason: string;
  readonly heldBack: number;
}

interface ParkedRow {
  projection: string;
  generation: number;
  key: string;
  position: string;
  event_type: string;
  reason: string;
  held_back: string;
}

/** Of the live generations, the oldest first. */
export async function loadParkedStatus(database: Pick<Pool, 'query'>, limit: number): Promise<ParkedKeyStatus[]> {
  const { rows } = await database.query<ParkedRow>(
    `SELECT p.* FROM parked_keys p
     JOIN projection_generations g ON g.projection = p.projection AND g.generation = p.generation AND g.state = 'live'
     ORDER BY p.projection, p.position, p.key LIMIT $1`,
    [limit],
  );
  return rows.map(({ position, event_type: eventType, held_back: heldBack, ...row }) => ({
    ...row,
    position: Number(position),
    eventType,
    heldBack: Number(heldBack),
  }));
}
