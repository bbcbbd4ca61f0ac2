import type { Pool, QueryResultRow } from 'pg';

/** The one pool of this process: the log, its checkpoints and the read models share it. */
export class Database {
  constructor(readonly pool: Pool) {}

  async query<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(text, values)).rows;
  }
}
