import { randomUUID } from 'node:crypto';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';

/** Emmett's event store, with as many connections as it is asked for. */
export async function openEmmett(connectionString, connections) {
  const pool = new pg.Pool({ connectionString, max: connections });
  pool.on('error', (error) => console.error(error.message));
  const store = getPostgreSQLEventStore(connectionString, { connectionOptions: { pooled: true, pool } });
  await store.schema.migrate();
  return {
    appender({ eventsPerAppend, type, takePayload, metadata }) {
      const run = randomUUID();
      return async (client) => {
        const events = Array.from({ length: eventsPerAppend }, () => ({ type, data: takePayload(), metadata }));
        await store.appendToStream(`bench-${run}-${client}`, events);
      };
    },
    close: async () => {
      await store.close();
      await pool.end();
    },
  };
}
