import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  buildAppend,
  buildKey,
  createTestDatabase,
  expectAppended,
  type PrivatePostgres,
  startPrivatePostgres,
  type TestDatabase,
  waitUntil,
  withClient,
} from '#libs/testing';
import type { AppendRequest, AppendSuccess } from '../event-store.ts';
import { ZantaraError } from '#libs/contracts';
import { PostgresCheckpoints } from './postgres-checkpoints.ts';
import { PostgresEventStore } from './postgres-event-store.ts';
import { runSubscription } from '../subscription.ts';

const KILLS = 4;
const SENDERS = 16;

describe('crashes of PostgreSQL', () => {
  let server: PrivatePostgres;
  let database: TestDatabase;
  beforeAll(async () => {
    server = await startPrivatePostgres();
    database = await createTestDatabase(server.urls);
  }, 60_000);
  afterAll(async () => {
    await server.remove();
  }, 60_000);

  it('kill -9 in the middle of appends loses nothing acknowledged and doubles nothing', async () => {
    const store = new PostgresEventStore({ connectionString: database.appUrl, limits: { giveUpAfterMs: 60_000 } });
    const sent: { request: AppendRequest; answer: Promise<AppendSuccess> }[] = [];
    let acknowledged = 0;
    let isOver = false;
    const send = async (sender: number): Promise<void> => {
      for (let n = 0; !isOver; n += 1) {
        // Every other request has no key of its own.
        const key = n % 2 === 0 ? { idempotency: buildKey(`${sender}-${n}`) } : {};
        const request = { ...buildAppend(`crash-${n % 5}`, 'any', 1 + (n % 3)), ...key };
        const answer = store.append(request).then(expectAppended);
        sent.push({ request, answer });
        await answer;
        acknowledged += 1;
      }
    };
    const senders = Array.from({ length: SENDERS }, (_, sender) => send(sender));
    const abort = new AbortController();
    const seen: number[] = [];
    const { stopped } = runSubscription({
      store,
      checkpoints: new PostgresCheckpoints(store.pool),
      name: 'crash-follower',
      handle: (events) => {
        // At least once: after a crash between handling and checkpoint the same events come again.
        seen.push(...events.map(({ position }) => position).filter((position) => position > (seen.at(-1) ?? 0)));
      },
      onError: () => undefined,
      signal: abort.signal,
    });
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = acknowledged;
      await waitUntil(() => acknowledged > before + 200, { withinMs: 60_000 });
      server.kill();
      await server.restart();
    }
    isOver = true;
    await Promise.all(senders);

    const stored = await store.readAll({ after: 0, limit: 1_000_000 }); // asserts density
    const expected: string[] = [];
    const byPosition = new Map(stored.map((event) => [event.position, event]));
    for (const { request, answer } of sent) {
      const { firstPosition } = await answer;
      const ids = request.writes.flatMap((write) => write.events.map((event) => event.id));
      expect(ids.map((_, offset) => byPosition.get(firstPosition + offset)?.id)).toEqual(ids);
      expected.push(...ids);
    }
    expect(stored.map((event) => event.id).sort()).toEqual(expected.sort());
    await waitUntil(() => seen.length === stored.length);
    expect(seen).toEqual(stored.map((event) => event.position));
    abort.abort();
    await stopped;
    await store.close();
  }, 120_000);

  it('an append whose connection is cut is stored once', async () => {
    const store = new PostgresEventStore({ connectionString: database.appUrl, applicationName: 'cut-store' });
    await withClient(database.superuserUrl, async (client) => {
      for (let n = 0; n < 30; n += 1) {
        const answers = Promise.all(Array.from({ length: 5 }, () => store.append(buildAppend('cut-1'))));
        await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut-store'`);
        (await answers).forEach(expectAppended);
      }
    });
    expect(await store.readStream('cut-1')).toHaveLength(150);
    await store.close();
  });

  it('says that the log is unavailable while the server is down, and recovers by itself', async () => {
    const store = new PostgresEventStore({ connectionString: database.appUrl, limits: { giveUpAfterMs: 100 } });
    await store.append(buildAppend('down-1'));
    await server.stop();
    const failure = await store.append(buildAppend('down-1')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ZantaraError);
    expect(failure).toMatchObject({ kind: 'unavailable' });
    await expect(store.readStream('down-1')).rejects.toMatchObject({ code: 'log-unavailable' });
    await server.restart();
    await waitUntil(() =>
      store.append(buildAppend('down-2')).then(
        () => true,
        () => false,
      ),
    );
    expect(await store.readStream('down-2')).toHaveLength(1);
    await store.close();
  }, 60_000);

  it('a lane that is held for too long makes the log unavailable, not stuck', async () => {
    const store = new PostgresEventStore({
      connectionString: database.appUrl,
      statementTimeoutMs: 100,
      limits: { giveUpAfterMs: 300 },
    });
    await withClient(database.ownerUrl, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT FROM lanes FOR UPDATE');
      await expect(store.append(buildAppend('held-1'))).rejects.toMatchObject({ code: 'log-unavailable' });
      await client.query('ROLLBACK');
    });
    await expect(store.append(buildAppend('held-1', 'none'))).resolves.toMatchObject({ status: 'appended' });
    await store.close();
  });
});
