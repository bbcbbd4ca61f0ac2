import type { Pool, PoolClient, QueryConfig } from 'pg';
import { advanceGenerations, computeParking, type Generation } from './generation.ts';
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
  const statements = pages.flatMap(computePageStatements);
  if (statements.length === 0) return advanceGenerations(pool, pages);
  return inTransaction(pool, async (client) => {
    if (!(await advanceGenerations(client, pages))) return false;
    // All are sent before any is answered: waiting in between would be most of the time, and nothing may follow a rollback.
    await Promise.all(statements.map((statement) => client.query(statement)));
    return true;
  });
}

const computePageStatements = ({ from, changes, projected }: PreparedPage): QueryConfig[] => [
  ...changes.flatMap((change) => computeChangeStatements(from.generation, change)),
  ...computeParking(from, projected),
];

function computeChangeStatements(generation: number, change: TableChange): QueryConfig[] {
  const { table, deleted, changed, inserted, ended } = change;
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
