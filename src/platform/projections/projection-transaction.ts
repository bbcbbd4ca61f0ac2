import type { Pool } from 'pg';
import { type Checkpoints, PostgresCheckpoints, type StoredEvent } from '#libs/event-store';
import type { Projection, RowOperation } from './projection.ts';
import { toStatement } from './row-sql.ts';

/**
 * Rows and checkpoint in one transaction: what a batch of events means is kept until the checkpoint moves, and both are
 * committed together. If the checkpoint was moved by somebody else, nothing of ours is.
 */
export class ProjectionTransaction implements Checkpoints {
  private pending: RowOperation[] = [];

  constructor(
    private readonly pool: Pool,
    private readonly projection: Projection,
  ) {}

  handle(events: readonly StoredEvent[]): void {
    const types = new Set(this.projection.types);
    this.pending = events.filter(({ type }) => types.has(type)).flatMap((event) => this.projection.project(event));
  }

  load(name: string): Promise<number> {
    return new PostgresCheckpoints(this.pool).load(name);
  }

  async advance(name: string, from: number, to: number): Promise<boolean> {
    const client = await this.pool.connect();
    let isBroken = false;
    try {
      await client.query('BEGIN');
      const moved = await new PostgresCheckpoints(client).advance(name, from, to);
      if (moved) for (const operation of this.pending) await client.query(toStatement(operation));
      await client.query(moved ? 'COMMIT' : 'ROLLBACK');
      return moved;
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
}
