import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createPool, PostgresCheckpoints } from '#libs/event-store';
import { createTestDatabase, type TestDatabase, withClient } from '#libs/testing';
import { recorded } from '../../../test/builders/log-builder.ts';
import type { Projection } from './projection.ts';
import { ProjectionTransaction } from './projection-transaction.ts';

/** One row for each thing that happened. */
const projection: Projection = {
  name: 'test_timers',
  types: ['ThingHappened'],
  project: ({ position, data }) => [
    {
      kind: 'upsert',
      table: 'things',
      key: { name: String(position) },
      values: { n: Number(data['n']) },
    },
  ],
};
const thing = (position: number, n: unknown = position) =>
  recorded({ type: 'ThingHappened', data: { n: n as number } }, { position });

let database: TestDatabase;
let pool: ReturnType<typeof createPool>;
beforeAll(async () => {
  database = await createTestDatabase();
  await withClient(database.ownerUrl, (client) =>
    client.query('CREATE TABLE things (name text PRIMARY KEY, n integer NOT NULL); GRANT ALL ON things TO zantara_app'),
  );
  pool = createPool({ connectionString: database.appUrl, applicationName: 'test', onConnectionError: () => undefined });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
let name = '';
beforeEach(async () => {
  name = `reader-${performance.now()}`;
  await pool.query('DELETE FROM things');
});

const rows = async (): Promise<string[]> =>
  (await pool.query<{ name: string }>('SELECT name FROM things ORDER BY name')).rows.map((row) => row.name);
const checkpoint = (): Promise<number> => new PostgresCheckpoints(pool).load(name);

describe('a projection transaction', () => {
  it('writes rows and checkpoint together', async () => {
    const transaction = new ProjectionTransaction(pool, projection);
    transaction.handle([thing(1), thing(2)]);
    expect([await rows(), await checkpoint()]).toEqual([[], 0]);
    expect(await transaction.advance(name, 0, 2)).toBe(true);
    expect([await rows(), await checkpoint()]).toEqual([['1', '2'], 2]);
    expect(await transaction.load(name)).toBe(2);
  });

  it('writes nothing when somebody else moved the checkpoint', async () => {
    await new PostgresCheckpoints(pool).advance(name, 0, 5);
    const transaction = new ProjectionTransaction(pool, projection);
    transaction.handle([thing(1)]);
    expect(await transaction.advance(name, 0, 1)).toBe(false);
    expect([await rows(), await checkpoint()]).toEqual([[], 5]);
  });

  it('keeps the checkpoint when one of its rows is refused', async () => {
    const transaction = new ProjectionTransaction(pool, projection);
    transaction.handle([thing(1), thing(2, 'no number')]);
    await expect(transaction.advance(name, 0, 2)).rejects.toThrow();
    expect([await rows(), await checkpoint()]).toEqual([[], 0]);
    transaction.handle([thing(1)]);
    expect(await transaction.advance(name, 0, 1)).toBe(true);
    expect(await rows()).toEqual(['1']);
  });

  it('lets one of two racing readers write', async () => {
    const transactions = [1, 2].map(() => new ProjectionTransaction(pool, projection));
    for (const transaction of transactions) transaction.handle([thing(1)]);
    const moved = await Promise.all(transactions.map((transaction) => transaction.advance(name, 0, 1)));
    expect(moved.filter(Boolean)).toHaveLength(1);
    expect([await rows(), await checkpoint()]).toEqual([['1'], 1]);
  });

  it('moves over events that mean nothing to it', async () => {
    const transaction = new ProjectionTransaction(pool, projection);
    transaction.handle([recorded({ type: 'Other', data: {} }, { position: 1 })]);
    expect(await transaction.advance(name, 0, 1)).toBe(true);
    expect([await rows(), await checkpoint()]).toEqual([[], 1]);
  });

  it('gives nobody a connection that broke in its transaction', async () => {
    const transaction = new ProjectionTransaction(pool, {
      ...projection,
      project: () => [{ kind: 'delete', table: 'things', key: { n: 1 } }],
    });
    const client = await pool.connect();
    client.on('error', () => undefined);
    await client.query('BEGIN');
    await client.query("INSERT INTO things VALUES ('held', 1)");
    transaction.handle([thing(1)]);
    const advancing = transaction.advance(name, 0, 1);
    await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
    );
    await client.query('ROLLBACK');
    client.release();
    const outcome = await advancing.catch(() => 'broken');
    expect(['broken', true]).toContain(outcome);
    expect(await checkpoint()).toBe(outcome === true ? 1 : 0);
    expect(await rows()).toEqual([]);
  });
});
