import { DatabaseError, type Pool, type QueryResultRow } from 'pg';
import { DatabaseUnavailableError } from './database.errors.ts';

/**
 * Connection lost, no resources, shutting down, system error, read-only, rolled back for another one's sake: time mends these.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const PASSING = /^(08|53|57|58|25006|40)/;

/** The one pool of a thread, for everything but appends to the log and the rows of read models, which have connections of their own. */
export class Database {
  constructor(readonly pool: Pool) {}

  /** @throws DatabaseUnavailableError when trying again later may help */
  async query<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    try {
      return (await this.pool.query<Row>(text, values)).rows;
    } catch (error) {
      if (error instanceof DatabaseError && !PASSING.test(error.code ?? '')) throw error;
      throw new DatabaseUnavailableError(error);
    }
  }

  /** What time it is there, which is the time that events are recorded with. */
  async readTime(): Promise<Date> {
    const [row] = await this.query<{ now: Date }>('SELECT clock_timestamp() AS now');
    if (row === undefined) throw new DatabaseUnavailableError('no answer');
    return row.now;
  }
}
