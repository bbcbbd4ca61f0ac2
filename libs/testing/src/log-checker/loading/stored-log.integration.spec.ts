import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresEventStore } from '#libs/event-store';
import { buildAppend } from '../../event-store/event-builder.ts';
import { createTestDatabase, type TestDatabase, withClient } from '../../postgres/create-test-database.ts';
import { checkLog } from '../check-log.ts';
import { checkStoredLog, loadLogEvidence } from './load-log-evidence.ts';

/** Appends as the orchestrator does: many requests at a time, so that they share batches. */
async function fill(store: PostgresEventStore, appends: number, eventsEach: number): Promise<void> {
  const streams = ['a', 'b', 'c'];
  await Promise.all(
    Array.from({ length: appends }, (_, n) => store.append(buildAppend(streams[n % 3] ?? 'a', 'any', eventsEach))),
  );
}

/** Behind the back of the append function: no head, no key and no batch tells of it. */
const COPY_EVENT = `
INSERT INTO events SELECT lane, 31, stream, version + 1, gen_random_uuid(), type, schema_version, payload, metadata, correlation_id,
  recorded_at FROM events WHERE position = 30`;
/** As everywhere beside the chain's hashes: each event still has the time of its batch. */
const MOVE_TIMES = ['events', 'chain']
  .map((table) => `UPDATE ${table} SET recorded_at = recorded_at - interval '1 millisecond'`)
  .join(';');
const INVENT_TIMER = `INSERT INTO fix_timers VALUES ('f', 'probe', 1, now(), gen_random_uuid(), 1)`;

describe('a stored log', () => {
  let database: TestDatabase;
  let store: PostgresEventStore;
  beforeAll(async () => {
    database = await createTestDatabase();
    store = new PostgresEventStore({ connectionString: database.appUrl });
    await fill(store, 40, 300);
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  it('is read to its end, in pages that are shorter than it', async () => {
    const evidence = await loadLogEvidence(database.ownerUrl);
    expect(evidence.records.map(({ position }) => position)).toEqual(Array.from({ length: 12_000 }, (_, n) => n + 1));
    expect(evidence.chain.at(-1)).toMatchObject({ lastPosition: 12_000, hash: evidence.head.chainHash });
    expect([checkLog(evidence), await checkStoredLog(database.ownerUrl)]).toEqual([[], []]);
  });

  it('is judged as it was at one moment, while others append', async () => {
    let isAppending = true;
    const appending = (async (): Promise<void> => {
      while (isAppending) await fill(store, 6, 5);
    })();
    const heads: number[] = [];
    try {
      for (let n = 0; n < 5; n += 1) {
        const evidence = await loadLogEvidence(database.ownerUrl);
        expect(checkLog(evidence)).toEqual([]);
        heads.push(evidence.head.position);
      }
    } finally {
      isAppending = false;
      await appending;
    }
    expect(new Set(heads).size).toBeGreaterThan(1);
  });
});

describe('a secret', () => {
  it('is found in whatever table it stands, and not searched for where nobody asks', async () => {
    const database = await createTestDatabase();
    try {
      const store = new PostgresEventStore({ connectionString: database.appUrl });
      await fill(store, 3, 1);
      await store.close();
      await withClient(database.ownerUrl, (client) => client.query("INSERT INTO checkpoints VALUES ('of-hunter-two', 0)"));
      const search = async (...secrets: string[]): Promise<unknown[]> =>
        (await checkStoredLog(database.ownerUrl, { options: { secrets } })).map(({ code, ids }) => [code, ids]);
      expect(await search('s3cr3t', 'hunter-two')).toEqual([['secret-found', ['checkpoints']]]);
      expect(await search('s3cr3t')).toEqual([]);
      expect(await search()).toEqual([]);
    } finally {
      await database.drop();
    }
  });
});

describe('a database that somebody with all rights has changed', () => {
  let database: TestDatabase;
  afterEach(() => database.drop());

  it.each([
    ['an event is deleted', 'DELETE FROM events WHERE position = 7', ['chain-broken', 'position-gap 7', 'version-gap']],
    ['the last event is deleted', 'DELETE FROM events WHERE position = 30', ['chain-broken', 'position-gap 30', 'version-gap']],
    ['an event is rewritten', `UPDATE events SET payload = '{"n":2}' WHERE position = 7`, ['chain-broken 7']],
    ['an event changes its author', `UPDATE events SET metadata = '{"actor":"me"}' WHERE position = 7`, ['chain-broken 7']],
    [
      'an event gets another time',
      `UPDATE events SET recorded_at = 'epoch' WHERE position = 7`,
      ['chain-broken 7', 'time-order 7'],
    ],
    ['every time is another', MOVE_TIMES, ['chain-broken']],
    ['an event is added', COPY_EVENT, ['chain-broken 31', 'position-gap 31', 'version-gap']],
    ['a batch is deleted', 'DELETE FROM chain WHERE last_position = (SELECT max(last_position) FROM chain)', ['chain-broken']],
    [
      'a batch begins elsewhere',
      'UPDATE chain SET first_position = first_position + 1 WHERE first_position = 1',
      ['chain-broken'],
    ],
    ['the head of a stream is moved', `UPDATE stream_heads SET version = version + 1 WHERE stream = 'b'`, ['version-gap']],
    ['a reader is moved', `INSERT INTO checkpoints VALUES ('healing', 31)`, ['reader-ahead 31']],
    ['a row of a read model is invented', INVENT_TIMER, ['read-model-differs']],
  ])('is found out when %s', async (_what, sql, expected) => {
    database = await createTestDatabase();
    const store = new PostgresEventStore({ connectionString: database.appUrl });
    for (let n = 0; n < 10; n += 1) await fill(store, 3, 1);
    await store.close();
    expect(await checkStoredLog(database.ownerUrl)).toEqual([]);
    await withClient(database.ownerUrl, (client) => client.query(sql));
    const found = (await checkStoredLog(database.ownerUrl)).map(({ code, positions }) => `${code} ${positions.join()}`);
    // Of what is named without a position, the place depends on how the appends shared batches.
    const named = found.map((line) => expected.find((wanted) => line.startsWith(wanted)) ?? line);
    expect([...new Set(named)].toSorted()).toEqual(expected);
  });
});
