import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Pool } from 'pg';
import { createPool, type InMemoryEventStore } from '#libs/event-store';
import { createTestDatabase, Random, type TestDatabase } from '#libs/testing';
import { buildHistoryStore } from '../../../test/builders/random-history.ts';
import { RecordingLogger } from '../../../test/builders/recording-logger.ts';
import { READ_MODELS } from '../../read-models.ts';
import { foldPage } from './fold-page.ts';
import { type Generation, getGeneration, loadGenerations } from './generation.ts';
import { LiveReadModels } from './live-read-models.ts';
import { MemoryRows } from './memory-rows.ts';
import { projectPage } from './project-page.ts';
import type { Projection } from './projection.ts';
import { ProjectionRunner } from './projection-runner.ts';
import { PROJECTION_POOL } from './projections.ts';
import { beginGeneration } from './rebuild-projection.ts';
import { RowDigest } from './row-digest.ts';
import { verifyProjection } from './verify-projection.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.appUrl, ...PROJECTION_POOL, onConnectionError: () => undefined });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** What the whole log gives in one page, in memory. */
async function foldInMemory(projection: Projection, store: InMemoryEventStore): Promise<{ digest: string; parked: string[] }> {
  const page = await store.readPage({ after: 0, limit: 1_000_000, types: projection.types });
  const { operations, parked } = projectPage(projection, page, () => false);
  const digest = new RowDigest();
  await foldPage(projection, operations, { rows: new MemoryRows(), digest });
  return { digest: digest.toBuffer().toString('hex'), parked: parked.map(({ key, position }) => `${key} ${position}`).sort() };
}

/** Fails now and then, before or after the database has done what it was asked. */
function createFlakyPool(sound: Pool, random: Random, failures: number): Pool {
  const maybeFail = (): void => {
    if (random.chance(failures)) throw new Error('the process was cut off here');
  };
  const wrap = (client: object): object =>
    new Proxy(client, {
      get(target, name): unknown {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]): Promise<unknown> => {
          if (name !== 'query' && name !== 'connect') return Reflect.apply(member, target, args);
          if (args[0] !== 'ROLLBACK') maybeFail();
          const answer: unknown = await Reflect.apply(member, target, args);
          if (args[0] === 'COMMIT') maybeFail();
          return name === 'connect' ? wrap(answer as object) : answer;
        };
      },
    });
  return wrap(sound) as Pool;
}

function expectCutOff(error: unknown): void {
  if (!(error instanceof Error) || !error.message.startsWith('the process')) throw error;
}

/** Lets a runner go on, cut off and begun again, until it has seen all. */
async function runToEnd(
  projection: Projection,
  at: Generation,
  { store, random, failures }: { store: InMemoryEventStore; random: Random; failures: number },
): Promise<void> {
  const parts = { store, pool: createFlakyPool(pool, random, failures) };
  const { position: head } = await store.head();
  let runner = new ProjectionRunner(projection, parts);
  for (;;) {
    const here = await getGeneration(pool, projection.name, at.generation);
    if (here.position >= head) return;
    try {
      const page = await runner.read(here.position, 1 + random.below(40));
      await runner.take(here, page);
    } catch (error) {
      expectCutOff(error);
      // The process goes on, or another one takes its place.
      if (random.chance(0.5)) runner = new ProjectionRunner(projection, parts);
    }
  }
}

describe('every read model', () => {
  it.each(READ_MODELS.map((projection) => [projection.name, projection] as const))(
    '%s comes to the same rows however the log is cut, whoever runs it, and wherever it is cut off',
    async (_name, projection) => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({ seed: fc.nat(), events: fc.integer({ min: 1, max: 150 }), poison: fc.constantFrom(0, 0.05, 0.3) }),
          fc.constantFrom(1, 4),
          fc.constantFrom(0, 0.1),
          async (history, runners, failures) => {
            const store = await buildHistoryStore(history);
            const expected = await foldInMemory(projection, store);
            const number = await beginGeneration({ store, pool }, projection, 'checking');
            const start = await getGeneration(pool, projection.name, number);
            const run = (nth: number): Promise<void> =>
              runToEnd(projection, start, { store, random: new Random(history.seed + nth), failures });
            await Promise.all(Array.from({ length: runners }, (_, nth) => run(nth)));
            const made = await getGeneration(pool, projection.name, number);
            const { rows: parked } = await pool.query<{ key: string; position: string }>(
              'SELECT key, position FROM parked_keys WHERE projection = $1 AND generation = $2',
              [projection.name, number],
            );
            expect(made.digest.toString('hex')).toBe(expected.digest);
            expect(parked.map(({ key, position }) => `${key} ${position}`).sort()).toEqual(expected.parked);
          },
        ),
        { numRuns: 12 },
      );
    },
    60_000,
  );

  it.each(READ_MODELS.map((projection) => [projection.name, projection] as const))(
    '%s says of its stored rows what it kept up while they changed',
    async (_name, projection) => {
      const store = await buildHistoryStore({ seed: 7, events: 400, poison: 0.05 });
      const live = await getGeneration(pool, projection.name, 'live');
      await runToEnd(projection, live, { store, random: new Random(7), failures: 0 });
      expect(await verifyProjection(projection, { store, pool })).toMatchObject({
        position: 400,
        rowsMatch: true,
        logMatches: true,
      });
    },
  );
});

describe('all read models of several orchestrators at once', () => {
  it.each([1, 4])('come to the same rows, kept up by %i of them that fail now and then', async (replicas) => {
    const own = await createTestDatabase();
    const ownPool = createPool({
      connectionString: own.appUrl,
      ...PROJECTION_POOL,
      maxConnections: 20,
      onConnectionError: () => undefined,
    });
    const store = await buildHistoryStore({ seed: 31, events: 1_200, things: 5, poison: 0.02 });
    const { position: head } = await store.head();
    const isDone = async (): Promise<boolean> =>
      (await loadGenerations(ownPool)).every(({ state, position }) => state !== 'live' || position === head);
    const follow = async (nth: number): Promise<void> => {
      const live = new LiveReadModels(
        READ_MODELS,
        { store, pool: createFlakyPool(ownPool, new Random(nth), 0.01) },
        new RecordingLogger(),
      );
      while (!(await isDone())) await live.step().catch(expectCutOff);
    };
    await Promise.all(Array.from({ length: replicas }, (_, nth) => follow(nth)));
    for (const { projection, state, digest } of await loadGenerations(ownPool)) {
      const definition = READ_MODELS.find(({ name }) => name === projection);
      const expected = definition && (await foldInMemory(definition, store));
      expect([projection, state, digest.toString('hex')]).toEqual([projection, 'live', expected?.digest]);
    }
    await ownPool.end();
    await own.drop();
  });
});
