import { Pool } from 'pg';
import { waitUntil } from '#libs/testing';

const HEAD = 'SELECT head_position FROM lanes WHERE lane = 0';
const HEAD_WITHIN_MS = 30_000;
const READ_THROUGH = `SELECT WHERE NOT EXISTS (SELECT FROM checkpoints WHERE position < $1)
  AND NOT EXISTS (SELECT FROM projection_generations WHERE state = 'live' AND position < $1)`;
const READ_WITHIN_MS = 60_000;
const READERS_EVERY_MS = 100;
const FIXES_ENDED = 'SELECT WHERE NOT EXISTS (SELECT FROM fixes WHERE ended_at IS NULL)';
const FIXES_EVERY_MS = 500;
const QUARANTINED = `SELECT count(*) FROM events WHERE type IN ('FixEscalated', 'IncidentEscalated', 'MessageDeadLettered')
  AND payload::jsonb->>'reason_code' = 'handler-crashed'`;

/** Looks into the log itself, by SQL, whatever the orchestrator says or does not say. It outlives the server that it asks. */
export class LogWatch {
  private readonly pool: Pool;

  constructor(url: string) {
    this.pool = new Pool({ connectionString: url, max: 3 });
    // A server that is killed breaks the connections, also between two queries.
    this.pool.on('error', () => undefined);
  }

  async query<T extends object>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    return (await this.pool.query<T>(sql, [...values])).rows;
  }

  /** Waits until a query has an answer; a database that is away has none. One that costs much is asked less often. */
  async until<T extends object>(sql: string, values: readonly unknown[], withinMs: number, everyMs = 50): Promise<T> {
    let found: T | undefined;
    const look = async (): Promise<boolean> => {
      [found] = await this.query<T>(sql, values).catch(() => []);
      return found !== undefined;
    };
    await waitUntil(look, { withinMs, everyMs }).catch((error: unknown) => {
      throw new Error(`the log does not come to: ${sql} ${JSON.stringify(values)}`, { cause: error });
    });
    if (found === undefined) throw new Error('nothing was found');
    return found;
  }

  async count(sql: string, values: readonly unknown[] = []): Promise<number> {
    const [row] = await this.query<{ count: string }>(sql, values);
    return Number(row?.count);
  }

  /** What was given up because code of the orchestrator failed at it again and again: a legal end, and a fault of ours. */
  countQuarantined(): Promise<number> {
    return this.count(QUARANTINED);
  }

  /** The position of the last event; waits for a database that is away. */
  async readHead(): Promise<number> {
    const { head_position: head } = await this.until<{ head_position: string }>(HEAD, [], HEAD_WITHIN_MS);
    return Number(head);
  }

  /** Gives every fix the time to end. Those that don't are found by the log checker, when it is told `everyFixEnded`. */
  async awaitFixes(withinMs: number): Promise<void> {
    await this.until(FIXES_ENDED, [], withinMs, FIXES_EVERY_MS).catch(() => undefined);
  }

  /** Up to where every reader of the log had time to read. The log checker finds those that stay behind, when it is told the position. */
  async awaitReaders(): Promise<number> {
    const head = await this.readHead();
    await this.until(READ_THROUGH, [head], READ_WITHIN_MS, READERS_EVERY_MS).catch(() => undefined);
    return head;
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
