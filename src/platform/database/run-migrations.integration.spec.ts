import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { createPool, PostgresEventStore, verifyLog } from '#libs/event-store';
import { buildAppend, checkStoredLog, createEmptyDatabase, type TestDatabase, withClient } from '#libs/testing';
import { MIGRATIONS } from '../../../migrations/index.ts';
import { assertServerVersion, runMigrations } from './run-migrations.ts';

const indexOf = (name: string): number => MIGRATIONS.findIndex((migration) => migration.name === name);

/** With the steps up to a named one, and without it. */
async function migrateBefore(url: string, name: string): Promise<void> {
  const migrations = MIGRATIONS.slice(0, indexOf(name));
  const dataSource = await new DataSource({ type: 'postgres', url, migrations }).initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
}

/** Undoes the steps that were taken, all but the first so many. */
async function undoFrom(url: string, kept: number, taken = MIGRATIONS.length): Promise<void> {
  const dataSource = await new DataSource({ type: 'postgres', url, migrations: MIGRATIONS }).initialize();
  for (let left = taken - kept; left > 0; left -= 1) await dataSource.undoLastMigration();
  await dataSource.destroy();
}

const HASH_THE_TIME = 'HashTheTimeOfABatch1790000900000';

const MAKE_MORE = "SELECT ensure_partition(1000000); SELECT begin_generation('errors', 2, 'building')";

/** A log as it was before the hash of a batch covered its time. */
async function createOldLog(): Promise<TestDatabase> {
  const old = await createEmptyDatabase();
  await migrateBefore(old.ownerUrl, HASH_THE_TIME);
  await append(old, 1, 3, 20);
  return old;
}

/** Batches of so many events. */
async function append({ appUrl }: TestDatabase, ...counts: readonly number[]): Promise<void> {
  const store = new PostgresEventStore({ connectionString: appUrl });
  for (const events of counts) await store.append(buildAppend('old-1', 'any', events));
  await store.close();
}

async function readHashes({ ownerUrl }: TestDatabase): Promise<unknown[]> {
  const { rows } = await withClient(ownerUrl, (client) =>
    client.query<Record<'previous_hash' | 'hash', Buffer>>('SELECT previous_hash, hash FROM chain ORDER BY last_position'),
  );
  return rows;
}

async function findDamage({ appUrl }: TestDatabase): Promise<string[]> {
  const pool = createPool({ connectionString: appUrl, maxConnections: 2 });
  const { findings } = await verifyLog({ pool, anchors: [] });
  await pool.end();
  return findings.map(({ code, from, through }) => `${code} ${from ?? ''}-${through ?? ''}`);
}

describe('migrations', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(async () => {
    await database.drop();
  });

  it('are applied once when several processes start at the same time', async () => {
    const runs = await Promise.all([1, 2, 3, 4].map(() => runMigrations(database.ownerUrl)));
    expect(runs.map(({ applied }) => applied.length).sort((a, b) => a - b)).toEqual([0, 0, 0, MIGRATIONS.length]);
    expect((await runMigrations(database.ownerUrl)).applied).toEqual([]);
  });

  it('can be undone to the empty database and applied again', async () => {
    const fresh = await createEmptyDatabase();
    await runMigrations(fresh.ownerUrl);
    await undoFrom(fresh.ownerUrl, 0);
    const { rows } = await withClient(fresh.ownerUrl, (client) =>
      client.query(`
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S') AND relname NOT LIKE 'migrations%'
        UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace`),
    );
    expect(rows).toEqual([]);
    expect((await runMigrations(fresh.ownerUrl)).applied).toHaveLength(MIGRATIONS.length);
    await fresh.drop();
  });

  it('are refused to the app', async () => {
    await expect(runMigrations(database.appUrl)).rejects.toMatchObject({ code: '42501' });
  });

  it('take the leaf hashes of a log that exists along into its chain', async () => {
    const old = await createEmptyDatabase();
    await migrateBefore(old.ownerUrl, 'MoveLeavesToTheChain1790000500000');
    await append(old, 1, 3, 20);
    await runMigrations(old.ownerUrl);
    expect(await checkStoredLog(old.ownerUrl)).toEqual([]);
    await old.drop();
  });

  it('hash the chain of a log that exists anew, with the times, and as it was before when they are undone', async () => {
    const old = await createOldLog();
    const before = await readHashes(old);
    expect(await findDamage(old)).not.toEqual([]);
    await runMigrations(old.ownerUrl);
    await append(old, 2);
    expect([await findDamage(old), await checkStoredLog(old.ownerUrl)]).toEqual([[], []]);
    await undoFrom(old.ownerUrl, indexOf(HASH_THE_TIME));
    await append(old, 2);
    const after = await readHashes(old);
    expect([after.slice(0, 3), after.length]).toEqual([before, 5]);
    await runMigrations(old.ownerUrl);
    expect(await findDamage(old)).toEqual([]);
    await old.drop();
  });

  it('let little be known of what is only carried, also in partitions and generations to come', async () => {
    const made = await createEmptyDatabase();
    await runMigrations(made.ownerUrl);
    await withClient(made.ownerUrl, (client) => client.query(MAKE_MORE));
    const { rows } = await withClient(made.ownerUrl, (client) =>
      client.query<{ columns: string }>(`
        SELECT concat_ws(' ', attrelid::regclass, attname, attstattarget) AS columns FROM pg_attribute
        WHERE attname IN ('payload', 'stream', 'message', 'fingerprint') AND attrelid::regclass::text ~ '^(events|errors)_.*[0-9]$'
        ORDER BY 1`),
    );
    expect(rows.map(({ columns }) => columns)).toEqual([
      'errors__1 fingerprint 10',
      'errors__1 message 0',
      'errors__2 fingerprint 10',
      'errors__2 message 0',
      'events_000000 payload 0',
      'events_000000 stream 10',
      'events_000001 payload 0',
      'events_000001 stream 10',
    ]);
    await made.drop();
  });

  it.each([
    ['an event', `UPDATE events SET payload = '{}' WHERE position = 3`, ['event-changed 3-3']],
    ['a leaf', 'UPDATE chain SET leaves = sha256(leaves) WHERE last_position = 1', ['batch-changed 1-1', 'event-changed 1-1']],
    ['a version', 'UPDATE events SET version = 99 WHERE position = 3', ['batch-changed 2-4', 'stream-broken 3-3']],
    ['a hash', 'UPDATE chain SET hash = sha256(hash) WHERE last_position = 4', ['batch-changed 2-4', 'batch-rehashed 2-4']],
    ['the head', 'UPDATE lanes SET chain_hash = sha256(chain_hash)', ['head-differs 5-24']],
  ])('hide nothing when they hash a chain anew: %s that was changed', async (_what, sql, found) => {
    const old = await createOldLog();
    await withClient(old.ownerUrl, (client) => client.query(sql));
    await runMigrations(old.ownerUrl);
    expect(await findDamage(old)).toEqual(found);
    await old.drop();
  });

  it.each(['9.6.24', '15.8 (Debian 15.8-0+deb12u1)', undefined])('refuse server %s', (version) => {
    expect(() => assertServerVersion(version)).toThrow(expect.objectContaining({ code: 'postgres-too-old', kind: 'invalid' }));
  });

  it.each(['16.0', '18.4'])('accept server %s', (version) => {
    expect(() => assertServerVersion(version)).not.toThrow();
  });
});
