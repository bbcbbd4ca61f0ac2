import type { Pool, PoolClient } from 'pg';
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
    for (const page of written) await writePage(client, page);
    return true;
  });
}

const hasSomethingToWrite = ({ changes, projected: { parked, heldBack } }: PreparedPage): boolean =>
  changes.length > 0 || parked.length > 0 || heldBack.size > 0;

async function writePage(client: PoolClient, { from, changes, projected }: PreparedPage): Promise<void> {
  for (const change of changes) await writeChange(client, from.generation, change);
  await parkKeys(client, from, projected);
}

async function writeChange(client: PoolClient, generation: number, change: TableChange): Promise<void> {
  const statements = new TableStatements(change.table, generation);
  if (change.deleted.length > 0) await client.query(statements.delete(change.deleted));
  if (change.changed.length > 0) await client.query(statements.upsert([...change.changed, ...change.inserted]));
  else if (change.inserted.length > 0) await client.query(statements.insert(change.inserted));
  if (change.ended.length > 0) await client.query(statements.keep(change.ended));
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
