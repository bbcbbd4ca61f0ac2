import type { PoolClient } from 'pg';
import { catchUp } from './catch-up.ts';
import { type Generation, getGeneration } from './generation.ts';
import type { Projection, Row, Table } from './projection.ts';
import { inTransaction } from './prepared-page.ts';
import { ProjectionRunner, type RunnerParts } from './projection-runner.ts';
import { beginGeneration, type RebuildOptions } from './rebuild-projection.ts';
import { RowDigest } from './row-digest.ts';
import { computePastTable, computeRowTable, selectAll, toRow } from './table-statements.ts';

export interface ProjectionCheck {
  readonly projection: string;
  readonly position: number;
  /** The digest that was kept up while rows changed, hexadecimal. */
  readonly kept: string;
  /** The rows of the live tables give the kept digest. */
  readonly rowsMatch: boolean;
  /** Made anew from the log up to the same position the digest is the same; `undefined` when it was interrupted. */
  readonly logMatches: boolean | undefined;
}

const ROWS_AT_ONCE = 5_000;

/** Compares what a read model says of itself with the rows of its tables, and with what the log gives when it is folded again. */
export async function verifyProjection(
  projection: Projection,
  parts: RunnerParts,
  options: Pick<RebuildOptions, 'onProgress' | 'signal'> = {},
): Promise<ProjectionCheck> {
  const { live, digest } = await computeDigestOfRows(projection, parts);
  return {
    projection: projection.name,
    position: live.position,
    kept: live.digest.toString('hex'),
    rowsMatch: digest.equals(live.digest),
    logMatches: await compareWithLog(projection, parts, { ...options, live }),
  };
}

/** Rows and kept digest of one moment. */
async function computeDigestOfRows(projection: Projection, { pool }: RunnerParts): Promise<{ live: Generation; digest: Buffer }> {
  let read: { live: Generation; digest: Buffer } | undefined;
  await inTransaction(pool, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const live = await getGeneration(client, projection.name, 'live');
    const digest = new RowDigest();
    for (const table of projection.tables)
      for await (const row of readRows(client, table, live.generation)) digest.add(table, row);
    read = { live, digest: digest.toBuffer() };
    return true;
  });
  if (read === undefined) throw new Error('the transaction ended without an answer');
  return read;
}

/** All rows of a table, and of a history those that ended. */
async function* readRows(client: PoolClient, table: Table, generation: number): AsyncGenerator<Row> {
  const stored = [computeRowTable(table, generation)];
  if (table.kind === 'history') stored.push(computePastTable(table, generation));
  for (const each of stored) {
    await client.query(`DECLARE stored_rows NO SCROLL CURSOR FOR ${selectAll(table, each)}`);
    for (let isMore = true; isMore;) {
      const { rows } = await client.query<Record<string, unknown>>(`FETCH ${ROWS_AT_ONCE} FROM stored_rows`);
      for (const row of rows) yield toRow(table, row);
      isMore = rows.length > 0;
    }
    await client.query('CLOSE stored_rows');
  }
}

async function compareWithLog(
  projection: Projection,
  parts: RunnerParts,
  { live, onProgress, signal }: { live: Generation } & Pick<RebuildOptions, 'onProgress' | 'signal'>,
): Promise<boolean | undefined> {
  const { pool } = parts;
  // A check that was cut off may stand behind the position that is compared.
  const number = await beginGeneration(parts, projection, 'checking');
  try {
    const through = live.position;
    const start = await getGeneration(pool, projection.name, number);
    const made = await catchUp(new ProjectionRunner(projection, parts), start, {
      through,
      signal,
      onProgress: (position) => onProgress?.(position, through),
    });
    return made.position === through ? made.digest.equals(live.digest) : undefined;
  } finally {
    await pool.query('SELECT drop_generation($1, $2)', [projection.name, number]);
  }
}
