import type { Pool, PoolClient } from 'pg';
import type { EventStore, LogPage } from '#libs/event-store';
import { foldPage } from './fold-page.ts';
import { advanceGeneration, type Generation, getGeneration, loadParkedKeys, parkKeys } from './generation.ts';
import { type ProjectedPage, projectPage } from './project-page.ts';
import type { Projection, Row, Table } from './projection.ts';
import { RowDigest } from './row-digest.ts';
import type { TableChange } from './table-fold.ts';
import { TableStatements, toRow } from './table-statements.ts';

export interface RunnerParts {
  readonly store: Pick<EventStore, 'readPage'>;
  /** Its connections may commit asynchronously: what a crash takes is made again from the log, checkpoint and rows together. */
  readonly pool: Pool;
}

/** Moves one generation of a read model along the log. Rows, digest and checkpoint are one transaction. */
export class ProjectionRunner {
  #parked: { generation: number; keys: Set<string> } | undefined;

  constructor(
    readonly projection: Projection,
    private readonly parts: RunnerParts,
  ) {}

  read(after: number, limit: number): Promise<LogPage> {
    return this.parts.store.readPage({ after, limit, types: this.projection.types });
  }

  /** @returns where it stands now; `undefined` when somebody else moved it, so that it must be loaded again */
  async take(from: Generation, page: LogPage): Promise<Generation | undefined> {
    const parkedKeys = await this.findParked(from);
    const projected = projectPage(this.projection, page, (key) => parkedKeys.has(key));
    const digest = RowDigest.of(from.digest);
    const rows = { load: (table: Table, keys: readonly Row[]) => this.load(from, table, keys) };
    const changes = await foldPage(this.projection, projected.operations, { rows, digest });
    const to = { ...from, position: page.last, digest: digest.toBuffer() };
    const moved = await this.write(from, to, { changes, projected });
    if (!moved) this.#parked = undefined;
    else for (const { key } of projected.parked) parkedKeys.add(key);
    return moved ? to : undefined;
  }

  /** As it stands after somebody else moved it. */
  reload({ projection, generation }: Generation): Promise<Generation> {
    return getGeneration(this.parts.pool, projection, generation);
  }

  private async findParked(at: Generation): Promise<Set<string>> {
    if (this.#parked?.generation !== at.generation)
      this.#parked = { generation: at.generation, keys: await loadParkedKeys(this.parts.pool, at) };
    return this.#parked.keys;
  }

  /** Outside of the transaction: were a row changed meanwhile, the checkpoint would have moved too. */
  private async load({ generation }: Generation, table: Table, keys: readonly Row[]): Promise<Row[]> {
    if (keys.length === 0) return [];
    const { rows } = await this.parts.pool.query<Record<string, unknown>>(new TableStatements(table, generation).load(keys));
    return rows.map((row) => toRow(table, row));
  }

  private async write(
    from: Generation,
    to: Generation,
    { changes, projected }: { changes: readonly TableChange[]; projected: ProjectedPage },
  ): Promise<boolean> {
    if (changes.length === 0 && projected.parked.length === 0 && projected.heldBack.size === 0)
      return advanceGeneration(this.parts.pool, from, to);
    return inTransaction(this.parts.pool, async (client) => {
      if (!(await advanceGeneration(client, from, to))) return false;
      for (const change of changes) await writeChange(client, from.generation, change);
      await parkKeys(client, from, projected);
      return true;
    });
  }
}

async function writeChange(client: PoolClient, generation: number, change: TableChange): Promise<void> {
  const statements = new TableStatements(change.table, generation);
  if (change.deleted.length > 0) await client.query(statements.delete(change.deleted));
  if (change.changed.length > 0) await client.query(statements.change(change.changed));
  if (change.inserted.length > 0) await client.query(statements.insert(change.inserted));
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
