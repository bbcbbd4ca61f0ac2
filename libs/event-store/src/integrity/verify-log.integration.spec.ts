import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { buildAppend, buildEvents, createTestDatabase, type TestDatabase, withClient } from '#libs/testing';
import { createPool } from '../postgres/connection-pool.ts';
import { CHAIN_HASH_VERSION } from '../chain-hash.ts';
import { PostgresEventStore } from '../postgres/postgres-event-store.ts';
import type { Anchor } from './anchor.ts';
import { verifyLog, type VerifyLogOptions, type VerifyReport } from './verify-log.ts';

/** Events that a careless reader stumbles over: other alphabets, what JSON escapes, long ones, stories with odd names. */
const ODD = buildEvents(3, {
  data: { text: 'grüße \u{1f600} \u0007 "quoted"', long: 'x'.repeat(100_000) },
  metadata: { actor: 'test', correlation_id: 'a "b" \u{1f600} \\' },
});

interface OpenLog {
  database: TestDatabase;
  store: PostgresEventStore;
  pool: Pool;
}

async function openLog(): Promise<OpenLog> {
  const database = await createTestDatabase();
  const store = new PostgresEventStore({ connectionString: database.appUrl });
  return { database, store, pool: createPool({ connectionString: database.appUrl, maxConnections: 2 }) };
}

async function closeLog({ database, store, pool }: OpenLog): Promise<void> {
  await store.close();
  await pool.end();
  await database.drop();
}

const foundIn = ({ findings }: VerifyReport): string[] =>
  findings.map(({ code, from, through, stream }) => `${code} ${stream ?? `${from ?? ''}-${through ?? ''}`}`);

describe('a sound log', () => {
  let log: OpenLog;
  beforeAll(async () => {
    log = await openLog();
    await log.store.append(buildAppend('odd-1', 'none', ODD));
    await Promise.all(Array.from({ length: 60 }, (_, n) => log.store.append(buildAppend(`s-${n % 7}`, 'any', 1 + 10 * n))));
    await log.store.append(buildAppend('large-1', 'none', 10_000));
  }, 60_000);
  afterAll(() => closeLog(log));
  const verify = (options: Partial<VerifyLogOptions> = {}): Promise<VerifyReport> =>
    verifyLog({ pool: log.pool, anchors: [], ...options });

  it('gives no reason for complaint, over more events than are looked at in one go', async () => {
    const { position: head, chainHash } = await log.store.head();
    expect(head).toBeGreaterThan(25_000);
    const seen: number[] = [];
    const report = await verify({ onProgress: (position) => seen.push(position) });
    expect(report).toMatchObject({ findings: [], more: 0, head, chainHash, events: head, streams: 9, keys: 62 });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(head);
  });

  it('is judged as it was at one moment, while others append', async () => {
    let isAppending = true;
    const appending = (async (): Promise<void> => {
      while (isAppending) await log.store.append(buildAppend('meanwhile-1', 'any', 3));
    })();
    try {
      for (let round = 0; round < 3; round += 1) expect(foundIn(await verify())).toEqual([]);
    } finally {
      isAppending = false;
      await appending;
    }
  });

  it('passes through its anchors, and says through which one last', async () => {
    const { position, chainHash, recordedAt } = await log.store.head();
    const anchor = {
      logId: await log.store.logId(),
      position,
      hashVersion: CHAIN_HASH_VERSION,
      chainHash,
      recordedAt: recordedAt?.toISOString() ?? '',
    };
    const foreign: Anchor = { ...anchor, logId: 'another' };
    await log.store.append(buildAppend('later-1'));
    const outdated: Anchor = { ...anchor, hashVersion: 1, chainHash: 'ab'.repeat(32) };
    expect(await verify({ anchors: [outdated, anchor, foreign] })).toMatchObject({
      findings: [],
      anchors: 1,
      outdatedAnchors: 1,
      foreignAnchors: 1,
      anchored: anchor,
    });
  });

  it('is vouched for by nobody when all its anchors are of another way of hashing', async () => {
    const anchor = { position: 3, hashVersion: 1, chainHash: 'ab'.repeat(32), recordedAt: '2999-01-01T00:00:00.000Z' };
    const report = await verify({ anchors: [{ ...anchor, logId: await log.store.logId() }] });
    expect(report).toMatchObject({ findings: [], anchors: 0, outdatedAnchors: 1, foreignAnchors: 0, anchored: undefined });
  });

  it('of which there is no anchor, but of another one, took the place of that', async () => {
    const anchor = { position: 3, hashVersion: 2, chainHash: 'ab'.repeat(32), recordedAt: '2999-01-01T00:00:00.000Z' };
    const foreign = { ...anchor, logId: 'another' };
    expect(foundIn(await verify({ anchors: [foreign] }))).toEqual(['anchor-foreign -']);
  });

  it('can be left early', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    await expect(verify({ signal: stop.signal, onProgress: () => stop.abort(reason) })).rejects.toBe(reason);
  });

  it('that can not be reached is no damaged one', async () => {
    const pool = createPool({ connectionString: 'postgres://zantara_app@127.0.0.1:1/none', maxConnections: 2 });
    await expect(verify({ pool })).rejects.toMatchObject({ code: 'log-unavailable' });
    await pool.end();
  });
});

describe('an empty log', () => {
  it('gives no reason for complaint', async () => {
    const log = await openLog();
    expect(await verifyLog({ pool: log.pool, anchors: [] })).toMatchObject({ findings: [], head: 0, events: 0 });
    await closeLog(log);
  });
});

describe('what stands beside the events', () => {
  let log: OpenLog;
  beforeEach(async () => {
    log = await openLog();
    for (let n = 0; n < 10; n += 1) await log.store.append(buildAppend(`s-${n % 3}`, 'any', 3));
  });
  afterEach(() => closeLog(log));

  it.each([
    ['the head of a stream is set back', `UPDATE stream_heads SET version = 2 WHERE stream = 's-1'`, ['stream-head-differs s-1']],
    ['a stream is forgotten', `DELETE FROM stream_heads WHERE stream = 's-1'`, ['stream-head-differs s-1']],
    ['a stream is invented', `INSERT INTO stream_heads VALUES (0, 'x', 1, 1, 1)`, ['stream-head-differs x']],
    ['a version is another', 'UPDATE events SET version = 99 WHERE position = 4', ['batch-changed 4-6', 'stream-broken s-1']],
    [
      'a time is another in both tables',
      `UPDATE events SET recorded_at = recorded_at - interval '1 microsecond' WHERE position <= 3;
       UPDATE chain SET recorded_at = recorded_at - interval '1 microsecond' WHERE last_position = 3`,
      ['batch-changed 1-3'],
    ],
    [
      'a time is without end in both tables',
      `UPDATE events SET recorded_at = 'infinity' WHERE position > 27;
       UPDATE chain SET recorded_at = 'infinity' WHERE last_position = 30`,
      ['batch-changed 28-30', 'head-differs 28-30'],
    ],
    ['a key is forgotten', 'DELETE FROM append_keys WHERE position = 4', ['key-missing 4-6']],
    ['the last key is forgotten', 'DELETE FROM append_keys WHERE position = 28', ['key-missing 28-30']],
    ['a key leads elsewhere', 'UPDATE append_keys SET last_position = 7 WHERE position = 4', ['key-misplaced 7-9']],
    ['a key leads beyond the end', 'UPDATE append_keys SET last_position = 31 WHERE position = 28', ['key-misplaced 31-31']],
    ['the head is set back', 'UPDATE lanes SET head_position = 27', ['head-differs 28-30', 'key-misplaced 28-30']],
    [
      'the head is set ahead',
      'UPDATE lanes SET head_position = 31',
      ['head-differs 28-30', 'event-missing 31-31', 'key-missing 31-31'],
    ],
    ['the head has another hash', `UPDATE lanes SET chain_hash = decode(repeat('00', 32), 'hex')`, ['head-differs 28-30']],
    ['the head has another time', `UPDATE lanes SET last_recorded_at = 'epoch'`, ['head-differs 28-30']],
    ['the head has a time without end', `UPDATE lanes SET last_recorded_at = 'infinity'`, ['head-differs 28-30']],
  ])('is found wrong when %s', async (_what, sql, found) => {
    await withClient(log.database.ownerUrl, (client) => client.query(sql));
    expect(foundIn(await verifyLog({ pool: log.pool, anchors: [] }))).toEqual(found);
  });

  it('tells where the versions of a stream break', async () => {
    await withClient(log.database.ownerUrl, (client) => client.query('UPDATE events SET version = 99 WHERE position = 14'));
    const { findings } = await verifyLog({ pool: log.pool, anchors: [] });
    expect(findings.find(({ code }) => code === 'stream-broken')).toMatchObject({ stream: 's-1', from: 14 });
  });
});
