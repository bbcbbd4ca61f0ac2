import { createTestDatabase, describeEventStoreContract } from '#libs/testing';
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
    dispose: async () => {
      await pool.end();
      await database.drop();
    },
  };
});
