import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { JsonValue } from '#libs/contracts';
import { createPool, InMemoryCheckpoints, InMemoryEventStore } from '#libs/event-store';
import { buildAppend, buildEvent, createTestDatabase, type TestDatabase, waitUntil, withClient } from '#libs/testing';
import { buildHistoryStore } from '../../../test/builders/random-history.ts';
import { ManualClock } from '../../../test/builders/manual-clock.ts';
import { RecordingLogger } from '../../../test/builders/recording-logger.ts';
import { incidentsProjection } from '../../incidents/incidents.projection.ts';
import { READ_MODELS } from '../../read-models.ts';
import { LogSubscriptions } from '../log/log-subscriptions.ts';
import { Log } from '../log/log.ts';
import { catchUp } from './catch-up.ts';
import { getGeneration } from './generation.ts';
import { commitPages } from './prepared-page.ts';
import { ProjectionRunner, type RunnerParts } from './projection-runner.ts';
import { PROJECTION_POOL, Projections } from './projections.ts';
import { beginGeneration, rebuildProjection, returnToPrevious } from './rebuild-projection.ts';
import { verifyProjection } from './verify-projection.ts';

const EVENTS = 3_000;
const NAME = incidentsProjection.name;

let database: TestDatabase;
let pool: Pool;
let store: InMemoryEventStore;
let parts: RunnerParts;
beforeAll(async () => {
  store = await buildHistoryStore({ seed: 11, events: EVENTS, things: 50 });
});
beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.appUrl, ...PROJECTION_POOL, onConnectionError: () => undefined });
  parts = { store, pool };
  const live = await getGeneration(pool, NAME, 'live');
  await catchUp(new ProjectionRunner(incidentsProjection, parts), live, { through: 2_000 });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});
afterAll(async () => {
  await store.close();
});

const count = async (): Promise<number> => {
  const { rows } = await pool.query<{ n: string }>('SELECT count(*) AS n FROM incidents_history');
  return Number(rows[0]?.n);
};
const tables = async (): Promise<string[]> => {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relname LIKE 'incidents\\_\\_%' AND relkind = 'r' ORDER BY 1",
  );
  return rows.map(({ name }) => name);
};

describe('a rebuild', () => {
  it('makes equal tables beside the live ones, shows them, and keeps the old ones', async () => {
    const before = await getGeneration(pool, NAME, 'live');
    const rows = await count();
    const rebuilt = await rebuildProjection(incidentsProjection, parts);
    expect(rebuilt).toEqual({
      outcome: 'switched',
      generation: before.generation + 1,
      position: 2_000,
      digest: before.digest.toString('hex'),
    });
    expect(await count()).toBe(rows);
    expect(await getGeneration(pool, NAME, 'previous')).toEqual({ ...before, state: 'previous' });
    expect(await tables()).toEqual(['incidents__1', 'incidents__2']);
  });

  it('shows readers who never pause no hole, and does not wait for ever for one who holds on', async () => {
    const full = await count();
    let isOver = false;
    const counts: number[] = [];
    const read = async (): Promise<void> => {
      while (!isOver) counts.push(await count());
    };
    const readers = [read(), read()];
    await withClient(database.appUrl, async (client) => {
      await client.query('BEGIN; SELECT count(*) FROM incidents');
      const rebuilding = rebuildProjection(incidentsProjection, parts);
      await waitUntil(async () => {
        const waiting = await pool.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%switch%'");
        return (waiting.rowCount ?? 0) > 0;
      });
      await client.query('COMMIT');
      await rebuilding;
    });
    await rebuildProjection(incidentsProjection, parts);
    isOver = true;
    await Promise.all(readers);
    expect(counts.length).toBeGreaterThan(20);
    expect(new Set(counts)).toEqual(new Set([full]));
  });

  it('goes on where it was cut off', async () => {
    const abort = new AbortController();
    const cut = await rebuildProjection(incidentsProjection, parts, { signal: AbortSignal.abort() });
    expect(cut).toMatchObject({ outcome: 'interrupted', position: 0 });
    const building = await getGeneration(pool, NAME, 'building');
    await catchUp(new ProjectionRunner(incidentsProjection, parts), building, { through: 1_500 });
    const seen: number[] = [];
    const rebuilt = await rebuildProjection(incidentsProjection, parts, {
      signal: abort.signal,
      onProgress: (position) => seen.push(position),
    });
    expect(rebuilt).toMatchObject({ outcome: 'switched', generation: building.generation });
    expect(seen.every((position) => position > 1_500)).toBe(true);
  });

  it('by several at once makes one new generation', async () => {
    const all = await Promise.allSettled([1, 2, 3].map(() => rebuildProjection(incidentsProjection, parts)));
    expect(all.some(({ status }) => status === 'fulfilled')).toBe(true);
    const live = await getGeneration(pool, NAME, 'live');
    expect(await verifyProjection(incidentsProjection, parts)).toMatchObject({ rowsMatch: true, logMatches: true });
    expect(live.position).toBe(2_000);
  });

  it('is refused where the same version comes to other rows, unless it is forced', async () => {
    const other = { ...incidentsProjection, types: incidentsProjection.types.slice(1) };
    await expect(rebuildProjection(other, parts)).rejects.toMatchObject({ code: 'projection-differs' });
    expect((await getGeneration(pool, NAME, 'live')).generation).toBe(1);
    await expect(rebuildProjection(other, parts, { isForced: true })).resolves.toMatchObject({ outcome: 'switched' });
    expect((await getGeneration(pool, NAME, 'live')).generation).toBe(2);
  });

  it('is taken back in one step, and what happened since is caught up with', async () => {
    await expect(returnToPrevious(incidentsProjection, parts)).rejects.toMatchObject({ code: 'no-previous-generation' });
    await rebuildProjection(incidentsProjection, parts);
    const runner = new ProjectionRunner(incidentsProjection, parts);
    await catchUp(runner, await getGeneration(pool, NAME, 'live'), { through: 2_500 });
    expect(await returnToPrevious(incidentsProjection, parts)).toMatchObject({ generation: 1, position: 2_000 });
    const live = await catchUp(runner, await getGeneration(pool, NAME, 'live'), { through: 2_500 });
    expect(live.digest).toEqual((await getGeneration(pool, NAME, 2)).digest);
  });
});

describe('a check of a read model', () => {
  it('finds a row that somebody changed, and leaves nothing behind', async () => {
    expect(await verifyProjection(incidentsProjection, parts)).toMatchObject({
      rowsMatch: true,
      logMatches: true,
      position: 2_000,
    });
    await withClient(database.ownerUrl, (client) =>
      client.query("UPDATE incidents SET severity = 'low' WHERE incident_id = (SELECT min(incident_id) FROM incidents)"),
    );
    expect(await verifyProjection(incidentsProjection, parts)).toMatchObject({ rowsMatch: false, logMatches: true });
    expect(await tables()).toEqual(['incidents__1']);
  });

  it('finds tables that were made of something else than the log', async () => {
    const other = { ...incidentsProjection, types: incidentsProjection.types.slice(1) };
    expect(await verifyProjection(other, parts)).toMatchObject({ rowsMatch: true, logMatches: false });
  });
});

describe('a runner', () => {
  it('leaves a key alone that was parked by a page whose answer was lost', async () => {
    const odd = new InMemoryEventStore();
    const grew = (reports: JsonValue) => buildEvent({ type: 'IncidentGrew', data: { incident_id: 'k-1', count: reports } });
    await odd.append(buildAppend('incident-k', 'none', [grew('many'), grew(2)]));
    let isLost = true;
    const connect = async (): Promise<object> => {
      const client = await pool.connect();
      const query = async (...args: [text: string]): Promise<unknown> => {
        const answer: unknown = await client.query(...args);
        if (!isLost || args[0] !== 'COMMIT') return answer;
        isLost = false;
        throw new Error('the answer was lost');
      };
      return { query, release: () => client.release() };
    };
    const lossy = { connect, query: pool.query.bind(pool) } as unknown as Pool;
    const runner = new ProjectionRunner(incidentsProjection, { store: odd, pool: lossy });
    const number = await beginGeneration(parts, incidentsProjection, 'checking');
    const start = await getGeneration(pool, NAME, number);
    await expect(runner.take(start, await runner.read(0, 1))).rejects.toThrow('the answer was lost');
    await runner.take(await runner.reload(start), await runner.read(1, 1));
    const { rows } = await pool.query('SELECT key, held_back FROM parked_keys WHERE generation = $1', [number]);
    expect(rows).toEqual([{ key: 'incident-k', held_back: '1' }]);
  });

  it('leaves nothing of a page of which one statement fails, nor on the connection that it failed on', async () => {
    const odd = new InMemoryEventStore();
    for (const n of [1, 2, 3, 4]) {
      const grew = buildEvent({ type: 'IncidentGrew', data: { incident_id: `k-${n}`, count: 'many' } });
      await odd.append(buildAppend(`incident-k-${n}`, 'none', [grew]));
    }
    const runner = new ProjectionRunner(incidentsProjection, { store: odd, pool });
    const number = await beginGeneration(parts, incidentsProjection, 'checking');
    const page = await runner.prepare(await getGeneration(pool, NAME, number), await runner.read(0, 4));
    const parked = async (): Promise<number> =>
      (await pool.query('SELECT FROM parked_keys WHERE generation = $1', [number])).rowCount ?? 0;
    const taken = [NAME, number, 'incident-k-2', 2, 'IncidentGrew', 'already'];
    await pool.query('INSERT INTO parked_keys VALUES ($1, $2, $3, $4, $5, $6)', taken);
    await expect(commitPages(pool, [page])).rejects.toMatchObject({ code: '23505' });
    expect(await parked()).toBe(1);
    expect(await getGeneration(pool, NAME, number)).toMatchObject({ position: 0 });
    await withClient(database.ownerUrl, (client) => client.query('DELETE FROM parked_keys'));
    await expect(commitPages(pool, [page])).resolves.toBe(true);
    expect(await parked()).toBe(4);
  });
});

describe('the orchestrator', () => {
  const run = (version: number): { projections: Projections; subscriptions: LogSubscriptions; logger: RecordingLogger } => {
    const logger = new RecordingLogger();
    const clock = new ManualClock();
    const subscriptions = new LogSubscriptions(new Log(store, new InMemoryCheckpoints(), clock), logger, clock);
    const projections = new Projections([{ ...incidentsProjection, version }], parts, logger);
    projections.follow(subscriptions);
    subscriptions.onApplicationBootstrap();
    return { projections, subscriptions, logger };
  };

  it('keeps a read model up with the log', async () => {
    const { projections, subscriptions } = run(1);
    await waitUntil(async () => (await projections.position(NAME)) === EVENTS);
    await subscriptions.stop();
    expect(await verifyProjection(incidentsProjection, parts)).toMatchObject({ rowsMatch: true, logMatches: true });
  });

  it('makes a read model of an older version anew by itself', async () => {
    const { projections, subscriptions } = run(2);
    await waitUntil(async () => (await projections.position(NAME)) === EVENTS);
    await subscriptions.stop();
    expect(await getGeneration(pool, NAME, 'live')).toMatchObject({ generation: 2, version: 2 });
  });

  it('leaves one of a newer version to the newer code', async () => {
    await rebuildProjection({ ...incidentsProjection, version: 9 }, parts);
    const { projections, subscriptions, logger } = run(2);
    await waitUntil(() => logger.said.some((message) => message.includes('newer')));
    await subscriptions.stop();
    expect(await projections.position(NAME)).toBe(2_000);
  });

  it('keeps the others up when one read model can not be', async () => {
    await withClient(database.ownerUrl, (client) => client.query('DROP TABLE services_past__1 CASCADE'));
    const all = READ_MODELS.filter(({ name }) => ['incidents', 'services', 'errors'].includes(name));
    const logger = new RecordingLogger();
    const clock = new ManualClock();
    const subscriptions = new LogSubscriptions(new Log(store, new InMemoryCheckpoints(), clock), logger, clock);
    const projections = new Projections(all, parts, logger);
    projections.follow(subscriptions);
    subscriptions.onApplicationBootstrap();
    for (const name of ['incidents', 'errors']) await waitUntil(async () => (await projections.position(name)) === EVENTS);
    await subscriptions.stop();
    expect(await projections.position('services')).toBeLessThan(EVENTS);
    expect(logger.problems.map(({ message }) => message)).toContain('a read model could not be moved on');
    expect(await verifyProjection(incidentsProjection, parts)).toMatchObject({ rowsMatch: true, logMatches: true });
  });

  it('tells how each read model is', async () => {
    const { projections, subscriptions } = run(1);
    await waitUntil(async () => (await projections.position(NAME)) === EVENTS);
    await subscriptions.stop();
    const [status] = (await projections.status()).filter(({ projection }) => projection === NAME);
    expect(status).toMatchObject({ state: 'live', version: 1, position: EVENTS, parkedKeys: 0 });
  });
});
