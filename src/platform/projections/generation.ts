import type { Pool, PoolClient, QueryConfig } from 'pg';
import type { ProjectedPage } from './project-page.ts';
import { GenerationMissingError } from './projection.errors.ts';

export type GenerationState = 'live' | 'building' | 'checking' | 'previous';

/** One set of tables of a read model: how far it has come, and the digest of its rows there. */
export interface Generation {
  readonly projection: string;
  readonly generation: number;
  readonly version: number;
  readonly state: GenerationState;
  readonly position: number;
  readonly digest: Buffer;
}

type Queries = Pick<Pool | PoolClient, 'query'>;

const COLUMNS = 'projection, generation, version, state, position, digest';

type GenerationRow = Omit<Generation, 'position'> & { position: string };

const toGeneration = ({ position, ...row }: GenerationRow): Generation => ({ ...row, position: Number(position) });

export async function loadGenerations(database: Queries): Promise<Generation[]> {
  const { rows } = await database.query<GenerationRow>(
    `SELECT ${COLUMNS} FROM projection_generations ORDER BY projection, generation`,
  );
  return rows.map(toGeneration);
}

export async function findGeneration(
  database: Queries,
  projection: string,
  wanted: GenerationState | number,
): Promise<Generation | undefined> {
  const column = typeof wanted === 'number' ? 'generation' : 'state';
  const { rows } = await database.query<GenerationRow>(
    `SELECT ${COLUMNS} FROM projection_generations WHERE projection = $1 AND ${column} = $2 ORDER BY generation DESC LIMIT 1`,
    [projection, wanted],
  );
  return rows[0] && toGeneration(rows[0]);
}

/** @throws GenerationMissingError */
export async function getGeneration(
  database: Queries,
  projection: string,
  wanted: GenerationState | number,
): Promise<Generation> {
  const found = await findGeneration(database, projection, wanted);
  if (found === undefined) throw new GenerationMissingError(projection, String(wanted));
  return found;
}

/**
 * Moves all of them on, or tells that one isn't where the caller believes it to be, or no longer what it was for: then the
 * transaction has to be rolled back. They are locked in one order, so that nobody waits for somebody who waits for him.
 */
export async function advanceGenerations(database: Queries, moves: readonly GenerationMove[]): Promise<boolean> {
  const column = <T>(read: (move: GenerationMove) => T): T[] => moves.map(read);
  const { rowCount } = await database.query({
    name: 'advance_generations',
    text: `
      WITH moves AS (
        SELECT * FROM unnest($1::text[], $2::integer[], $3::integer[], $4::text[], $5::bigint[], $6::bigint[], $7::bytea[])
          AS move (projection, generation, version, state, was, position, digest)
      ), locked AS MATERIALIZED (
        SELECT g.projection, g.generation FROM projection_generations g JOIN moves m USING (projection, generation)
        WHERE g.version = m.version AND g.state = m.state AND g.position = m.was
        ORDER BY g.projection FOR UPDATE OF g
      )
      UPDATE projection_generations g SET position = m.position, digest = m.digest
      FROM moves m JOIN locked USING (projection, generation)
      WHERE g.projection = m.projection AND g.generation = m.generation AND g.position = m.was`,
    values: [
      column(({ from }) => from.projection),
      column(({ from }) => from.generation),
      column(({ from }) => from.version),
      column(({ from }) => from.state),
      column(({ from }) => from.position),
      column(({ to }) => to.position),
      column(({ to }) => to.digest),
    ],
  });
  return rowCount === moves.length;
}

export interface GenerationMove {
  readonly from: Generation;
  readonly to: Pick<Generation, 'position' | 'digest'>;
}

export async function loadParkedKeys(database: Queries, { projection, generation }: Generation): Promise<Set<string>> {
  const { rows } = await database.query<{ key: string }>(
    'SELECT key FROM parked_keys WHERE projection = $1 AND generation = $2',
    [projection, generation],
  );
  return new Set(rows.map(({ key }) => key));
}

/** Parks keys, and counts what was held back for those that had been parked before. */
export const computeParking = (
  { projection, generation }: Generation,
  { parked, heldBack }: Pick<ProjectedPage, 'parked' | 'heldBack'>,
): QueryConfig[] => [
  ...parked.map(({ key, position, eventType, reason }) => ({
    text: 'INSERT INTO parked_keys VALUES ($1, $2, $3, $4, $5, $6)',
    values: [projection, generation, key, position, eventType, reason],
  })),
  ...[...heldBack].map(([key, count]) => ({
    text: 'UPDATE parked_keys SET held_back = held_back + $4 WHERE projection = $1 AND generation = $2 AND key = $3',
    values: [projection, generation, key, count],
  })),
];
