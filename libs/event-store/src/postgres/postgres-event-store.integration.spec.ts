import { createTestDatabase, withClient } from '#libs/testing';
import { describeEventStoreContract } from '#libs/testing/suites';
import { createPool } from './connection-pool.ts';
import { PostgresCheckpoints } from './postgres-checkpoints.ts';
import { PostgresEventStore } from './postgres-event-store.ts';

describeEventStoreContract('PostgreSQL event store', async () => {
  const database = await createTestDatabase();
  const connectionString = database.appUrl;
  const pool = createPool({ connectionString });
  return {
    open: (options) => new PostgresEventStore({ ...options, connectionString, maxConnections: 2 }),
    checkpoints: new PostgresCheckpoints(pool),
    fallBehind: async (ms) => {
      await withClient(database.ownerUrl, (client) =>
        client.query(`UPDATE lanes SET last_recorded_at = date_trunc('milliseconds', now()) + $1 * interval '1 millisecond'`, [
          ms,
        ]),
      );
    },
    dispose: async () => {
      await pool.end();
      await database.drop();
    },
  };
});
