import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Client, type Pool } from 'pg';
import {
  APPENDERS,
  createTestDatabase,
  type Ending,
  runSchedule,
  type ScheduleDriver,
  ScheduleReader,
  schedules,
  type SeenEvent,
  type TestDatabase,
} from '#libs/testing';
import { encodeRequest } from '../encoded-request.ts';
import type { AppendRequest, AppendResult } from '../event-store.ts';
import { computeAppendColumns } from './append-columns.ts';
import { APPEND_STATEMENT, type AppendRow, computeAppendValues, decodeAppendRow } from './append-statement.ts';
import { createPool } from './connection-pool.ts';
import { PostgresEventStore } from './postgres-event-store.ts';

const RUNS = Number(process.env['SCHEDULE_RUNS'] ?? 500);
const LIMIT_MS = 60_000 + RUNS * 100;

interface Connection {
  readonly client: Client;
  readonly pid: number;
  readonly closed: Promise<void>;
  isOpen: boolean;
}

interface Transaction {
  readonly connection: Connection;
  readonly appended: Promise<AppendResult | undefined>;
  isHolding: boolean;
  isPending: boolean;
  ended?: Promise<void>;
}

/** One connection per appender with its transaction held open, and a few that kill. */
class PostgresDriver implements ScheduleDriver {
  readonly #connections: Connection[] = [];
  readonly #store: PostgresEventStore;
  readonly #killers: Pool;
  readonly #url: string;
  #transactions: Transaction[] = [];
  #failure: unknown;

  private constructor(url: string) {
    this.#url = url;
    this.#killers = createPool({ connectionString: url, maxConnections: APPENDERS });
    this.#store = new PostgresEventStore({ connectionString: url, maxConnections: 1 });
  }

  static async start(url: string): Promise<PostgresDriver> {
    const driver = new PostgresDriver(url);
    await driver.#reconnect();
    return driver;
  }

  begin(appender: number, request: AppendRequest): void {
    const connection = this.#connections[appender];
    if (connection === undefined) throw new Error('more appenders than connections');
    const transaction: Transaction = {
      connection,
      appended: append(connection.client, request),
      isHolding: false,
      isPending: true,
    };
    transaction.appended.then(
      () => Object.assign(transaction, { isHolding: true, isPending: false }),
      (error: unknown) => {
        transaction.isPending = false;
        if (connection.isOpen) this.#failure = error;
      },
    );
    this.#transactions[appender] = transaction;
  }

  end(appender: number, ending: Ending): void {
    const transaction = this.#transactions[appender];
    if (transaction === undefined) return;
    transaction.isHolding = false;
    transaction.ended = this.#end(transaction, ending);
    void transaction.ended.then(() => {
      transaction.isPending = false;
    });
    transaction.isPending = true;
  }

  /** Something moves until a transaction holds the lane with no end in sight, or until none is under way. */
  async settle(): Promise<void> {
    const isMoving = (): boolean =>
      this.#transactions.some(({ isPending }) => isPending) &&
      !this.#transactions.some(({ isHolding, ended }) => isHolding && ended === undefined);
    while (isMoving()) {
      const moving = this.#transactions.filter(({ isPending }) => isPending);
      await Promise.race(moving.flatMap(({ appended, ended }) => ended ?? appended.catch(() => undefined)));
      await new Promise(setImmediate);
    }
  }

  async finish(): Promise<(AppendResult | undefined)[]> {
    const results = await Promise.all(
      this.#transactions.map(async ({ appended, ended }) => {
        await ended;
        return appended.catch(() => undefined);
      }),
    );
    this.#transactions = [];
    await this.#reconnect();
    if (this.#failure !== undefined) throw new Error('an append failed', { cause: this.#failure });
    return results;
  }

  async readAfter(position: number): Promise<readonly SeenEvent[]> {
    return this.#store.readAll({ after: position, limit: 1000 });
  }

  async stop(): Promise<void> {
    await this.#store.close();
    await this.#killers.end();
    await Promise.all(this.#connections.map(({ client }) => client.end()));
  }

  async #end({ connection, appended }: Transaction, ending: Ending): Promise<void> {
    // A kill hits the append while it waits; everything else comes after it, as every statement does.
    if (ending !== 'kill') await appended;
    if (ending === 'commit' || ending === 'rollback') await connection.client.query(ending);
    else await this.#kill(connection, ending === 'doubt');
  }

  async #kill(connection: Connection, isCommitting: boolean): Promise<void> {
    connection.isOpen = false;
    const killed = this.#killers.query('SELECT pg_terminate_backend($1)', [connection.pid]);
    if (isCommitting) connection.client.query('COMMIT').catch(() => undefined);
    await killed;
    await connection.closed;
  }

  async #reconnect(): Promise<void> {
    const missing = Array.from({ length: APPENDERS + 1 }, (_, n) => n).filter((n) => this.#connections[n]?.isOpen !== true);
    await Promise.all(
      missing.map(async (n) => {
        this.#connections[n] = await connect(this.#url);
      }),
    );
  }
}

async function connect(connectionString: string): Promise<Connection> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    client.once('end', resolve);
  });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return { client, pid: rows[0]?.pid ?? 0, closed, isOpen: true };
}

async function append(client: Client, request: AppendRequest): Promise<AppendResult | undefined> {
  const requests = [encodeRequest(request)];
  const columns = computeAppendColumns(requests);
  await client.query('BEGIN');
  const { rows } = await client.query<AppendRow>({ ...APPEND_STATEMENT, values: computeAppendValues(requests, columns) });
  return rows.flatMap((row) => decodeAppendRow(row, requests, columns))[0];
}

describe('append schedules on PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await database.drop();
  });

  it(
    `no reader sees a skip, gap, inversion or double in ${RUNS} schedules`,
    async () => {
      const driver = await PostgresDriver.start(database.appUrl);
      const reader = new ScheduleReader();
      const endings = new Map<Ending, number>();
      const property = fc.asyncProperty(schedules(), async (schedule) => {
        await runSchedule(schedule, driver, reader);
        for (const { ending } of schedule.appenders) endings.set(ending, (endings.get(ending) ?? 0) + 1);
      });
      // A failure leaves the log behind as it is, so a smaller schedule would start from another one.
      await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
      expect([...endings.keys()].sort()).toEqual(['commit', 'doubt', 'kill', 'rollback']);
      await driver.stop();
    },
    LIMIT_MS,
  );
});
