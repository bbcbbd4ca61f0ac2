import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildAppend, createTestDatabase, type TestDatabase, waitUntil, withClient } from '#libs/testing';
import { PostgresEventStore } from './postgres-event-store.ts';

describe('partitions ahead of need', () => {
  let database: TestDatabase;
  let store: PostgresEventStore;
  let errors: Error[];
  beforeEach(async () => {
    database = await createTestDatabase();
    errors = [];
    store = new PostgresEventStore({
      connectionString: database.appUrl,
      onConnectionError: (error) => errors.push(error),
    });
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  const asOwner = (sql: string): Promise<{ rows: { name: string }[] }> =>
    withClient(database.ownerUrl, (client) => client.query(sql));
  const listPartitions = async (): Promise<string[]> => {
    const { rows } = await asOwner(
      "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1",
    );
    return rows.map(({ name }) => name);
  };
  /** Appends one event as if so many were there already. */
  const appendAfter = async (position: number): Promise<void> => {
    await asOwner(`UPDATE lanes SET head_position = ${position}`);
    await store.append(buildAppend('ahead-1'));
  };

  it('are made half a million positions before the first event goes into them', async () => {
    await appendAfter(399_999);
    await appendAfter(499_998);
    expect(await listPartitions()).toEqual(['events_000000']);
    await asOwner('UPDATE lanes SET head_position = 499999');
    await waitUntil(async () => {
      await store.append(buildAppend('ahead-1'));
      return (await listPartitions()).includes('events_000001');
    });
    expect(errors).toEqual([]);
  });

  it('are tried again after the next append when they could not be made', async () => {
    await asOwner('REVOKE EXECUTE ON FUNCTION ensure_partition FROM zantara_app');
    await appendAfter(600_000);
    await waitUntil(() => errors.length > 0);
    expect(errors).toMatchObject([{ code: '42501' }]);
    await asOwner('GRANT EXECUTE ON FUNCTION ensure_partition TO zantara_app');
    await waitUntil(async () => {
      await store.append(buildAppend('ahead-1'));
      return (await listPartitions()).includes('events_000001');
    });
  });
});
