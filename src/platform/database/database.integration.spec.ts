import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPool } from '#libs/event-store';
import { createTestDatabase, type TestDatabase, waitUntil, withClient } from '#libs/testing';
import { Database } from './database.ts';

let stored: TestDatabase;
let database: Database;

beforeEach(async () => {
  stored = await createTestDatabase();
  database = new Database(
    createPool({ connectionString: stored.appUrl, applicationName: 'queries', onConnectionError: () => undefined }),
  );
});
afterEach(async () => {
  await database.pool.end();
  await stored.drop();
});

const endBackendsOf = (query: string): Promise<unknown> =>
  withClient(stored.superuserUrl, (client) =>
    client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query = $1',
      [query],
    ),
  );

describe('queries', () => {
  it('tell what time it is in the database', async () => {
    const [before, now, after] = [await database.readTime(), await database.readTime(), await database.readTime()];
    expect(before.getTime()).toBeLessThanOrEqual(now.getTime());
    expect(now.getTime()).toBeLessThanOrEqual(after.getTime());
  });

  it('can be tried again when the backend was ended under them', async () => {
    const sleep = 'SELECT pg_sleep(20)';
    const failure = database.query(sleep).catch((error: unknown) => error);
    const sleeping = 'SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query = $1';
    await waitUntil(async () => (await database.query(sleeping, [sleep])).length === 1);
    await endBackendsOf(sleep);
    expect(await failure).toMatchObject({ code: 'database-unavailable', retryable: true });
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('are our own mistake when the statement is wrong, and time does not mend that', async () => {
    await expect(database.query('SELECT nonsense')).rejects.toMatchObject({ code: '42703' });
  });
});
