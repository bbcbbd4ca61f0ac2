import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildAppend, buildEvent, createTestDatabase, type TestDatabase, withClient } from '#libs/testing';
import { PostgresEventStore } from './postgres-event-store.ts';

const DENIED = { code: '42501' };

describe('database roles', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    const store = new PostgresEventStore({ connectionString: database.appUrl });
    await store.append(
      buildAppend('roles-1', 'none', [buildEvent({ data: { n: 1 }, metadata: { actor: 'a', correlation_id: 'c' } })]),
    );
    await store.close();
  });
  afterAll(async () => {
    await database.drop();
  });

  const asApp = (sql: string): Promise<unknown> => withClient(database.appUrl, (client) => client.query(sql));
  const asAnalyst = (sql: string): Promise<unknown> => withClient(database.analystUrl, (client) => client.query(sql));

  it.each([
    `UPDATE events SET payload = '{}'`,
    'DELETE FROM events',
    'TRUNCATE events',
    `UPDATE events_000000 SET payload = '{}'`,
    'DELETE FROM events_000000',
    'DROP TABLE events_000000',
    'ALTER TABLE events DETACH PARTITION events_000000',
    'DELETE FROM append_keys',
    'UPDATE append_keys SET position = 1',
    'DELETE FROM chain',
    `UPDATE chain SET hash = ''`,
    'DELETE FROM lanes',
    'DELETE FROM stream_heads',
    'UPDATE log_identity SET id = gen_random_uuid()',
    'CREATE TABLE mine (n int)',
  ])('the app may not %s', async (sql) => {
    await expect(asApp(sql)).rejects.toMatchObject(DENIED);
  });

  it.each(['events', 'events_000000', 'stream_heads', 'append_keys', 'chain', 'lanes', 'checkpoints', 'log_identity'])(
    'the analyst may not read the table %s',
    async (table) => {
      await expect(asAnalyst(`SELECT * FROM ${table}`)).rejects.toMatchObject(DENIED);
    },
  );

  it.each(['ensure_partition(1)', 'position_at(0::smallint, now())'])('the analyst may not call %s', async (call) => {
    await expect(asAnalyst(`SELECT ${call}`)).rejects.toMatchObject(DENIED);
  });

  it('the analyst reads the log through its view and changes nothing', async () => {
    const { rows } = await withClient(database.analystUrl, (client) =>
      client.query(
        `SELECT position, stream, version, type, correlation_id, data->>'n' AS n, metadata->>'actor' AS actor FROM event_log`,
      ),
    );
    expect(rows).toEqual([
      { position: '1', stream: 'roles-1', version: 1, type: 'ThingHappened', correlation_id: 'c', n: '1', actor: 'a' },
    ]);
    await expect(asAnalyst(`INSERT INTO event_log (stream) VALUES ('x')`)).rejects.toMatchObject(DENIED);
  });

  it('a temporary table of the app does not mislead the partition function', async () => {
    await withClient(database.appUrl, async (client) => {
      await client.query('CREATE TEMPORARY TABLE events (position bigint) ON COMMIT PRESERVE ROWS');
      await client.query('SELECT ensure_partition(2500000)');
    });
    const { rows } = await withClient(database.ownerUrl, (client) =>
      client.query(`SELECT to_regclass('public.events_000002') AS made`),
    );
    expect(rows).toEqual([{ made: 'events_000002' }]);
  });
});
