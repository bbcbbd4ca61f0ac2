import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildAppend, buildEvents, buildKey, createTestDatabase, type TestDatabase, withClient } from '#libs/testing';
import { type EncodedRequest, encodeRequest } from '../encoded-request.ts';
import type { AppendRequest, AppendResult, ExpectedVersion } from '../event-store.ts';
import { InMemoryLog } from '../memory/in-memory-log.ts';
import { AppendConnection } from './append-connection.ts';
import { PostgresEventStore } from './postgres-event-store.ts';

const STREAMS = ['a-1', 'b-1', 'c-1', 'd-1'];
const expectation = fc.constantFrom<ExpectedVersion[]>('any', 'any', 'any', 'none', 'exists', 0, 1, 2, 3, 5);
const demand = fc.record({ stream: fc.constantFrom(...STREAMS, 'e-1'), expected: expectation });
const write = fc.record({ stream: fc.constantFrom(...STREAMS), expected: expectation, count: fc.integer({ min: 1, max: 3 }) });
const request = fc.record({
  writes: fc.uniqueArray(write, { minLength: 1, maxLength: 3, selector: ({ stream }) => stream }),
  conditions: fc.array(demand, { maxLength: 2 }),
  key: fc.option(fc.record({ key: fc.nat({ max: 40 }), content: fc.nat({ max: 1 }) })),
});
const batches = fc.array(fc.array(request, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 });
type RequestPlan = typeof request extends fc.Arbitrary<infer T> ? T : never;

function toRequest({ writes, conditions, key }: RequestPlan, run: number): EncodedRequest {
  const appendRequest: AppendRequest = {
    writes: writes.map(({ stream, expected, count }) => ({ stream, expected, events: buildEvents(count) })),
    conditions,
    ...(key && { idempotency: buildKey(`${run % 7}-${key.key}`, String(key.content)) }),
  };
  return encodeRequest(appendRequest);
}

/** What the database's clock showed, which the hash of the batch covers. */
const timeOf = (results: readonly AppendResult[]): Date =>
  results.flatMap((result) => (result.status === 'appended' ? [result.recordedAt] : []))[0] ?? new Date(0);

describe('append function', () => {
  let database: TestDatabase;
  let connection: AppendConnection;
  let store: PostgresEventStore;
  beforeAll(async () => {
    database = await createTestDatabase();
    connection = new AppendConnection({ connectionString: database.appUrl });
    store = new PostgresEventStore({ connectionString: database.appUrl });
  });
  afterAll(async () => {
    await connection.close();
    await store.close();
    await database.drop();
  });

  it('answers every batch as the in-memory log does, to the last hash', async () => {
    const log = new InMemoryLog();
    const statuses = new Set<string>();
    let run = 0;
    const property = fc.asyncProperty(batches, async (plans) => {
      run += 1;
      for (const plan of plans) {
        const requests = plan.map((each) => toRequest(each, run));
        const outcome = await connection.append(requests);
        const twin = log.stage(requests, timeOf(outcome.results));
        log.commit(twin);
        expect(outcome.results).toEqual(twin.results);
        expect(outcome.head).toBe(log.headPosition);
        for (const result of outcome.results) statuses.add(result.status === 'conflict' ? result.conflict.reason : result.status);
      }
      expect((await store.head()).chainHash).toBe(log.chainHash.toString('hex'));
    });
    await fc.assert(property, { numRuns: 200, endOnFailure: true });
    expect([...statuses].sort()).toEqual(['appended', 'condition-failed', 'key-reused', 'repeated', 'wrong-version']);

    const stored = await store.readAll({ after: 0, limit: 100_000 });
    expect(stored.map(({ position, stream, version, id }) => [position, stream, version, id])).toEqual(
      log.records.map(({ position, stream, version, id }) => [position, stream, version, id]),
    );
    const chain = await withClient(database.ownerUrl, (client) =>
      client.query<Record<'previous_hash' | 'hash' | 'leaves', Buffer> & { first_position: string }>(
        'SELECT * FROM chain ORDER BY last_position',
      ),
    );
    const toHex = (...parts: readonly Buffer[]): string[] => parts.map((part) => part.toString('hex'));
    expect(chain.rows.map((row) => [Number(row.first_position), ...toHex(row.previous_hash, row.hash, row.leaves)])).toEqual(
      log.chain.map((row) => [row.firstPosition, ...toHex(row.previousHash, row.hash, row.leaves)]),
    );
  });

  it('keeps the first and last position of each stream', async () => {
    const { rows } = await withClient(database.ownerUrl, (client) =>
      client.query(`
        SELECT FROM stream_heads h
        JOIN (SELECT stream, max(version) AS version, min(position) AS first, max(position) AS last FROM events GROUP BY stream) e
          USING (stream)
        WHERE (h.version, h.first_position, h.last_position) IS DISTINCT FROM (e.version, e.first, e.last)`),
    );
    expect(rows).toEqual([]);
  });

  it('makes the partition that an append finds missing, and none before the head', async () => {
    await withClient(
      database.ownerUrl,
      (client) => client.query('UPDATE lanes SET head_position = 5999998'), // as if so many events were there
    );
    const outcome = await connection.append([encodeRequest(buildAppend('far-1', 'none', 3))]);
    expect(outcome.results).toMatchObject([{ status: 'appended', firstPosition: 5_999_999, lastPosition: 6_000_001 }]);
    expect((await store.readStream('far-1')).map((event) => event.position)).toEqual([5_999_999, 6_000_000, 6_000_001]);
    const { rows } = await withClient(database.ownerUrl, (client) =>
      client.query<{ name: string }>(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1",
      ),
    );
    expect(rows.map(({ name }) => name)).toEqual([0, 5, 6].map((n) => `events_00000${n}`));
  });

  it('makes no partition far ahead of the log', async () => {
    const asked = withClient(database.appUrl, (client) => client.query('SELECT ensure_partition(1000000000)'));
    await expect(asked).rejects.toMatchObject({ code: '22023' });
  });

  it('stops when a row is in the way that no append has put there', async () => {
    await withClient(database.ownerUrl, (client) => client.query('UPDATE lanes SET head_position = head_position - 1'));
    const failure = connection.append([encodeRequest(buildAppend('behind-1'))]);
    await expect(failure).rejects.toMatchObject({ code: 'log-corrupted', kind: 'unavailable' });
  });

  it('refuses to read over a hole', async () => {
    await expect(store.readAll({ after: 0, limit: 100_000 })).rejects.toMatchObject({ code: 'log-corrupted' });
  });
});
