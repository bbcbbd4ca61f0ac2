import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildAppend, buildKey, createTestDatabase, type TestDatabase, waitUntil, withClient } from '#libs/testing';
import type { AppendRequest, AppendResult } from '../event-store.ts';
import { PostgresEventStore } from './postgres-event-store.ts';

const COUNT = 20_000;
const AGAIN = 100;
/** PostgreSQL counts what a connection read within a second, or when that has been idle for ten (PGSTAT_IDLE_INTERVAL). */
const COUNTED = { withinMs: 20_000 };

describe('a large log, on a connection that began with an empty one', () => {
  let database: TestDatabase;
  let store: PostgresEventStore;
  const requests = Array.from({ length: COUNT }, (_, n) => ({ ...buildAppend(`thing-${n}`), idempotency: buildKey(`key ${n}`) }));

  const appendAll = (some: readonly AppendRequest[]): Promise<AppendResult[]> =>
    Promise.all(some.map((request) => store.append(request)));
  const onCondition = (n: number): AppendRequest => ({
    ...buildAppend(`other-${n}`),
    conditions: [{ stream: `thing-${n}`, expected: 'exists' }],
  });

  beforeAll(async () => {
    database = await createTestDatabase();
    // As it is before the first look of autovacuum, which comes a minute after a start.
    for (const table of ['append_keys', 'stream_heads']) {
      await withClient(database.superuserUrl, (client) => client.query(`ALTER TABLE ${table} SET (autovacuum_enabled = off)`));
    }
    store = new PostgresEventStore({ connectionString: database.appUrl });
    // Here the database settles on a way of doing it, and keeps to it for as long as the connection lasts.
    for (let round = 0; round < 10; round++) {
      await appendAll(requests.slice(0, 5));
      await store.append(onCondition(0));
    }
    for (let from = 0; from < COUNT; from += 2_000) await appendAll(requests.slice(from, from + 2_000));
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  const countRowsRead = (index: string): Promise<number> =>
    withClient(database.superuserUrl, async (client) => {
      const text = 'SELECT idx_tup_read AS rows FROM pg_stat_user_indexes WHERE indexrelname = $1';
      const { rows } = await client.query<{ rows: string }>(text, [index]);
      return Number(rows[0]?.rows);
    });

  /** Rows that were read because a table was gone through from its beginning. */
  const countRowsPassed = (): Promise<Record<string, string>> =>
    withClient(database.superuserUrl, async (client) => {
      const text = `SELECT relname, seq_tup_read FROM pg_stat_user_tables WHERE relname IN ('append_keys', 'stream_heads')`;
      const { rows } = await client.query<{ relname: string; seq_tup_read: string }>(text);
      return Object.fromEntries(rows.map(({ relname, seq_tup_read: passed }) => [relname, passed]));
    });

  it('reads the known keys of a batch, and not every key there is', async () => {
    const [before, passed] = [await countRowsRead('append_keys_pkey'), await countRowsPassed()];
    const again = await appendAll(requests.slice(0, AGAIN));
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set(['repeated']));
    await waitUntil(async () => (await countRowsRead('append_keys_pkey')) >= before + AGAIN, COUNTED);
    expect((await countRowsRead('append_keys_pkey')) - before).toBeLessThan(10 * AGAIN);
    expect(await countRowsPassed()).toEqual(passed);
  });

  it('reads the streams that a batch looks at, and not every stream there is', async () => {
    const [before, passed] = [await countRowsRead('stream_heads_pkey'), await countRowsPassed()];
    const results = await appendAll(Array.from({ length: AGAIN }, (_, n) => onCondition(n)));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['appended']));
    await waitUntil(async () => (await countRowsRead('stream_heads_pkey')) >= before + AGAIN, COUNTED);
    expect((await countRowsRead('stream_heads_pkey')) - before).toBeLessThan(10 * AGAIN);
    expect(await countRowsPassed()).toEqual(passed);
  });
});
