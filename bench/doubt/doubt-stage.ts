import type { Pool } from 'pg';
import { createPool, PostgresEventStore } from '#libs/event-store';
import {
  createTestDatabase,
  FaultProxy,
  PostgresTroubles,
  type PrivatePostgres,
  startPrivatePostgres,
  type TestDatabase,
  waitUntil,
  withClient,
} from '#libs/testing';
import type { StoredRow } from '../kills/judge-kills.ts';

/** What the connection under test is called. */
const APPENDER = 'doubtful-appender';

/** A log whose one appending connection goes by way of a proxy, on a PostgreSQL that may be broken in any way. */
export class DoubtStage {
  readonly troubles: PostgresTroubles;
  /** Meets every trouble. */
  readonly store: PostgresEventStore;
  /** Asks again what the other one was asked, as another replica would. */
  readonly witness: PostgresEventStore;
  private readonly pool: Pool;

  private constructor(
    private readonly server: PrivatePostgres,
    readonly database: TestDatabase,
    readonly proxy: FaultProxy,
  ) {
    this.troubles = new PostgresTroubles(server.urls.superuserUrl);
    this.pool = createPool({ connectionString: database.appUrl });
    this.store = new PostgresEventStore({ connectionString: proxy.url, applicationName: APPENDER, pool: this.pool });
    this.witness = new PostgresEventStore({ connectionString: database.appUrl });
  }

  static async open(): Promise<DoubtStage> {
    const server = await startPrivatePostgres();
    const database = await createTestDatabase(server.urls);
    return new DoubtStage(server, database, await FaultProxy.start(database.appUrl));
  }

  /** The append under way has come so far. */
  async untilWaiting(event: 'Lock' | 'SyncRep'): Promise<void> {
    await waitUntil(() => this.troubles.isWaiting(APPENDER, event));
  }

  async endAppender(): Promise<void> {
    await this.troubles.endBackends(APPENDER);
  }

  async killServer(): Promise<void> {
    this.server.kill();
    await this.server.restart();
  }

  /** No append gets any further than the lock of the log while `use` runs. */
  async holdLog<T>(use: () => Promise<T>): Promise<T> {
    return withClient(this.database.ownerUrl, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT FROM lanes FOR UPDATE');
      const result = await use();
      await client.query('ROLLBACK').catch(() => undefined); // the server may be another one by now
      return result;
    });
  }

  async readRows(): Promise<StoredRow[]> {
    const events = await this.witness.readAll({ after: 0, limit: 1_000_000 });
    return events.map(({ position, stream, version, id }) => ({ position, stream, version, id }));
  }

  async close(): Promise<void> {
    await Promise.all([this.store.close(), this.witness.close()]);
    await this.pool.end();
    await this.proxy.leave();
    await this.server.remove();
  }
}
