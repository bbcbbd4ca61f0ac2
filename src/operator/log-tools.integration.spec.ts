import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { VIEWS } from '#libs/contracts';
import { createPool, PostgresEventStore } from '#libs/event-store';
import { createTestDatabase, type TestDatabase, withClient } from '#libs/testing';
import { createRandomHistory } from '../../test/builders/random-history.ts';
import { catchUp } from '../platform/projections/catch-up.ts';
import { getGeneration } from '../platform/projections/generation.ts';
import { ProjectionRunner } from '../platform/projections/projection-runner.ts';
import { PROJECTION_POOL } from '../platform/projections/projections.ts';
import { READ_MODELS } from '../read-models.ts';
import { readSettings } from './environment.ts';
import { runOperator } from './run-operator.ts';

const EVENTS = 1_500;

type Line = Record<string, unknown>;

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zantara-log-tools-'));
  database = await createTestDatabase();
  const store = new PostgresEventStore({ connectionString: database.appUrl });
  const history = createRandomHistory({ seed: 21, things: 4, poison: 0.02, weights: { IncidentOpened: 4, FixObserved: 4 } });
  for (let n = 0; n < EVENTS; n += 1) {
    const { stream, ...event } = history.next().value;
    const metadata = { actor: 'test', ...(stream.startsWith('report-') ? {} : { correlation_id: '3f2a9c410001-1' }) };
    await store.append({ writes: [{ stream, expected: 'any', events: [{ ...event, metadata, id: uuidv7() }] }] });
  }
  await appendOdd(store, 1);
  const pool = createPool({ connectionString: database.appUrl, ...PROJECTION_POOL });
  for (const projection of READ_MODELS) {
    const live = await getGeneration(pool, projection.name, 'live');
    await catchUp(new ProjectionRunner(projection, { store, pool }), live, { through: EVENTS + 1 });
  }
  await pool.end();
  await store.close();
}, 120_000);
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** An event that nobody can handle, as it says nothing or in words of a later release. */
const appendOdd = (store: PostgresEventStore, schemaVersion: number) =>
  store.append({
    writes: [
      {
        stream: 'report-odd',
        expected: 'any',
        events: [{ id: uuidv7(), type: 'ErrorReported', schemaVersion, data: {}, metadata: { actor: 'test' } }],
      },
    ],
  });

async function run(tool: string, options: object = {}, signal = new AbortController().signal, { appUrl, ownerUrl } = database) {
  const lines: string[] = [];
  const notes: string[] = [];
  const exit = await runOperator({
    args: [tool, JSON.stringify(options)],
    readSettings: () => readSettings({ DATABASE_URL: appUrl, MIGRATION_DATABASE_URL: ownerUrl }),
    signal,
    stdout: { write: (text) => lines.push(text) > 0, once: () => undefined },
    stderr: { write: (text) => notes.push(text) },
  });
  return {
    exit,
    lines,
    notes: notes.join(''),
    parsed: lines.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text) as Line),
  };
}
const query = (sql: string): Promise<Line[]> =>
  withClient(database.superuserUrl, async (client) => (await client.query<Line>(sql)).rows);
/** What a tool could have changed of the original. */
const fingerprint = async (): Promise<unknown> => [
  await query("SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"),
  await query('SELECT count(*), max(position) FROM events'),
  await query('SELECT * FROM projection_generations ORDER BY projection'),
  await query('SELECT * FROM parked_keys ORDER BY projection, key'),
  await query('SELECT * FROM checkpoints ORDER BY name'),
];
const liveDigests = async (): Promise<Line[]> =>
  query(
    "SELECT projection AS read_model, version, encode(digest, 'hex') AS digest FROM projection_generations WHERE state = 'live'",
  );
const sortByName = (rows: readonly Line[]): Line[] =>
  rows.toSorted((a, b) => String(a['read_model']).localeCompare(String(b['read_model'])));

describe('replay', () => {
  it('tells every event, goes on after what can not be handled, and comes to the digests of the live read models', async () => {
    const { exit, parsed } = await run('replay');
    const manifest = parsed.at(-1);
    expect([exit, parsed.length]).toEqual([0, EVENTS + 2]);
    expect(parsed.slice(0, -1).map(({ position }) => Number(position))).toEqual(
      Array.from({ length: EVENTS + 1 }, (_, n) => n + 1),
    );
    expect(manifest).toMatchObject({ kind: 'manifest', range: { from: '1', to: String(EVENTS + 1) }, events: EVENTS + 1 });
    expect(manifest?.['events_with_problems']).toBeGreaterThan(1);
    expect(sortByName(manifest?.['read_models'] as Line[])).toEqual(sortByName(await liveDigests()));
    expect(parsed.at(-2)).toMatchObject({ position: String(EVENTS + 1), stream: 'report-odd' });
  });

  it('refuses what only a newer release can read, and says so', async () => {
    const newer = await createTestDatabase();
    const store = new PostgresEventStore({ connectionString: newer.appUrl });
    await appendOdd(store, 99);
    await store.close();
    const { exit, notes } = await run('replay', {}, undefined, newer);
    expect(exit).not.toBe(0);
    expect(notes).toMatch(/schema version 99[\s\S]*Run a release that is at least as new/);
    await newer.drop();
  });

  it.each([
    ['whole', {}],
    ['a range', { from: '200', to: '900' }],
    ['an incident with its effects', { incident: '3f2a9c410001-1', effects: true }],
    ['a service', { service: 'memory0002' }],
    ['a stream', { stream: 'catalogue', effects: true }],
  ])('of %s is reproduced by a second one', async (_what, options) => {
    const [first, second] = [await run('replay', options), await run('replay', options)];
    expect(first.lines).toEqual(second.lines);
    const told = first.lines.slice(0, -1);
    expect(told.length).toBeGreaterThan(0);
    expect(createHash('sha256').update(told.join('')).digest('hex')).toBe(first.parsed.at(-1)?.['result_sha256']);
  });

  it('tells by range what the whole replay tells of these events', async () => {
    const whole = await run('replay', { effects: true });
    const range = await run('replay', { effects: true, from: '500', to: '600' });
    expect(range.lines.slice(0, -1)).toEqual(whole.lines.slice(499, 600));
  });

  it('shows the rows before and after each event', async () => {
    const { parsed } = await run('replay', { effects: true });
    const effects = parsed.flatMap(
      ({ effects: found }) => (found ?? []) as { table: string; before: Line | null; after: Line | null }[],
    );
    const incidents = effects.filter(({ table }) => table === 'incidents');
    expect(incidents.some(({ before, after }) => before === null && after !== null)).toBe(true);
    const changed = incidents.find(({ before, after }) => before !== null && after !== null);
    expect(changed?.before).not.toEqual(changed?.after);
    expect(changed?.before?.['incident_id']).toBe(changed?.after?.['incident_id']);
  });

  it('by time begins and ends where the log was then', async () => {
    const [row] = await query('SELECT recorded_at AS at FROM events WHERE position = 700');
    const at = row?.['at'] instanceof Date ? row['at'].toISOString() : '';
    const { parsed } = await run('replay', { from: at, to: at });
    expect(parsed.slice(0, -1).every(({ recorded_at: recorded }) => recorded === at)).toBe(true);
    expect(parsed.some(({ position }) => position === '700')).toBe(true);
  });

  it('into a file has the hash of the file, and never writes over one', async () => {
    const file = join(folder, 'history.ndjson');
    const { parsed } = await run('replay', { file });
    const text = readFileSync(file);
    expect(createHash('sha256').update(text).digest('hex')).toBe(parsed[0]?.['result_sha256']);
    expect(JSON.parse(readFileSync(`${file}.manifest.json`, 'utf8'))).toEqual(parsed[0]);
    const again = await run('replay', { file });
    expect([again.exit, again.notes]).toEqual([1, expect.stringContaining('EEXIST')]);
  });

  it('into a schema makes every read model there as it was, and changes nothing else', async () => {
    const before = await fingerprint();
    const { exit, parsed } = await run('replay', { schema: 'as_it_was', to: String(EVENTS + 1) });
    expect(exit).toBe(0);
    expect(sortByName(parsed[0]?.['read_models'] as Line[])).toEqual(sortByName(await liveDigests()));
    for (const { name } of VIEWS) {
      const [rows] = await query(
        `SELECT (SELECT count(*) FROM as_it_was.${name}) AS there, (SELECT count(*) FROM ${name}) AS here,
          (SELECT count(*) FROM (SELECT to_jsonb(t) FROM as_it_was.${name} t EXCEPT ALL SELECT to_jsonb(t) FROM ${name} t) d) AS different`,
      );
      expect([name, rows?.['there'], rows?.['different']]).toEqual([name, rows?.['here'], '0']);
    }
    expect(await fingerprint()).toEqual(before);
    const half = await run('replay', { schema: 'half', to: '60' });
    expect(half.exit).toBe(0);
    const [counted] = await query('SELECT (SELECT count(*) FROM half.errors) AS half, (SELECT count(*) FROM errors) AS whole');
    expect(Number(counted?.['half'])).toBeLessThan(Number(counted?.['whole']));
    const [success] = await query(
      'SELECT (SELECT coalesce(sum(n), 0) FROM half.fix_success) AS half, (SELECT sum(n) FROM fix_success) AS whole',
    );
    expect(Number(success?.['half'])).toBeLessThan(Number(success?.['whole']));
    expect((await run('replay', { schema: 'half' })).notes).toContain('schema-exists');
  });

  it('refuses what it can not do, and says what it can', async () => {
    for (const options of [
      { from: 'yesterday' },
      { to: '999999' },
      { schema: 'Robert"); --' },
      { schema: 'a', from: '7' },
      { nothing: 1 },
    ]) {
      const { exit, notes } = await run('replay', options);
      expect([options, exit, notes]).toEqual([options, 2, expect.stringContaining('invalid-log-tool-options')]);
    }
  });
});

describe('the rebuild of read models', () => {
  it('says what it would do, and does nothing', async () => {
    const before = await liveDigests();
    const { exit, parsed } = await run('projections-rebuild', { dry_run: true });
    expect([exit, parsed.length]).toEqual([0, READ_MODELS.length]);
    expect(parsed[0]).toMatchObject({
      read_model: 'errors',
      outcome: 'planned',
      tables: ['errors'],
      position: String(EVENTS + 1),
    });
    expect(await liveDigests()).toEqual(before);
    expect(await query("SELECT FROM projection_generations WHERE state <> 'live'")).toEqual([]);
  });

  it('stops at Ctrl-C, goes on, switches, and goes back', async () => {
    const stopped = await run('projections-rebuild', { names: ['fixes'] }, AbortSignal.abort());
    expect([stopped.exit, stopped.parsed[0]?.['outcome']]).toEqual([1, 'interrupted']);
    const done = await run('projections-rebuild', { names: ['fixes', 'errors'] });
    expect([done.exit, done.parsed.map(({ outcome }) => outcome)]).toEqual([0, ['switched', 'switched']]);
    const back = await run('projections-rebuild', { names: ['fixes'], back: true });
    expect(back.parsed).toMatchObject([{ read_model: 'fixes', outcome: 'returned', generation: 1 }]);
  });

  it('knows its read models', async () => {
    expect(await run('projections-rebuild', { names: ['nothing'] })).toMatchObject({
      exit: 1,
      notes: expect.stringContaining('There are: errors,'),
    });
  });
});

describe('the check of read models', () => {
  it('ends well where they are what the log gives, and with 7 where one is not', async () => {
    expect(await run('projections-verify')).toMatchObject({ exit: 0 });
    await query("UPDATE decisions SET rule = 'another' WHERE position = (SELECT min(position) FROM decisions)");
    const { exit, parsed } = await run('projections-verify', { names: ['decisions'] });
    expect([exit, parsed]).toEqual([7, [expect.objectContaining({ rows_match: false, log_matches: true })]]);
  });
});

describe('an export', () => {
  it.each(VIEWS.map(({ name }) => name))('of %s has a line for each row, in both forms', async (what) => {
    const [row] = await query(`SELECT count(*) AS n FROM ${what}`);
    const ndjson = await run('export', { what });
    expect(ndjson.parsed).toHaveLength(Number(row?.['n']));
    const csv = await run('export', { what, format: 'csv' });
    expect(csv.lines).toHaveLength(Number(row?.['n']) + 1);
    expect(Object.keys(ndjson.parsed[0] ?? {}).join(',')).toBe((csv.lines[0] ?? '').trim());
  });

  it('of a name that nobody knows names those that there are', async () => {
    expect(await run('export', { what: 'pg_authid' })).toMatchObject({ exit: 2, notes: expect.stringContaining('fix_success') });
  });
});
