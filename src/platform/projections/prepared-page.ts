import type { Pool, PoolClient, QueryConfig } from 'pg';
import { advanceGenerations, type Generation, parkKeys } from './generation.ts';
import type { ProjectedPage } from './project-page.ts';
import type { TableChange } from './table-fold.ts';
import { TableStatements } from './table-statements.ts';

/** What a page means for one generation of a read model, not yet written. */
export interface PreparedPage {
  readonly from: Generation;
  readonly to: Generation;
  readonly changes: readonly TableChange[];
  readonly projected: ProjectedPage;
  /** Keys that had been parked before. */
  readonly parkedBefore: ReadonlySet<string>;
}

/**
 * Writes pages, of one read model or of several, in one transaction: rows, digests and checkpoints of all of them, or nothing.
 *
 * @returns false when somebody else moved one of them meanwhile
 */
export async function commitPages(pool: Pool, pages: readonly PreparedPage[]): Promise<boolean> {
  const written = pages.filter(hasSomethingToWrite);
  if (written.length === 0) return advanceGenerations(pool, pages);
  return inTransaction(pool, async (client) => {
    if (!(await advanceGenerations(client, pages))) return false;
    // Sent without waiting in between: most of a page's time would be round trips.
    await Promise.all(written.flatMap((page) => writePage(client, page)));
    return true;
  });
}

const hasSomethingToWrite = ({ changes, projected: { parked, heldBack } }: PreparedPage): boolean =>
  changes.length > 0 || parked.length > 0 || heldBack.size > 0;

const writePage = (client: PoolClient, { from, changes, projected }: PreparedPage): Promise<unknown>[] => [
  ...changes.flatMap((change) => computeStatements(from.generation, change)).map((statement) => client.query(statement)),
  parkKeys(client, from, projected),
];

function computeStatements(generation: number, { table, deleted, changed, inserted, ended }: TableChange): QueryConfig[] {
  const statements = new TableStatements(table, generation);
  return [
    ...(deleted.length > 0 ? [statements.delete(deleted)] : []),
    ...(changed.length > 0 ? [statements.upsert([...changed, ...inserted])] : []),
    ...(changed.length === 0 && inserted.length > 0 ? [statements.insert(inserted)] : []),
    ...(ended.length > 0 ? [statements.keep(ended)] : []),
  ];
}

/** Commits when the work says so. */
export async function inTransaction(pool: Pool, work: (client: PoolClient) => Promise<boolean>): Promise<boolean> {
  const client = await pool.connect();
  let isBroken = false;
  try {
    await client.query('BEGIN');
    const isDone = await work(client);
    await client.query(isDone ? 'COMMIT' : 'ROLLBACK');
    return isDone;
  } catch (error) {
    // A broken connection can't roll back; the server does when it is gone, so nobody may get it again.
    await client.query('ROLLBACK').catch(() => {
      isBroken = true;
    });
    throw error;
  } finally {
    client.release(isBroken);
  }
}
