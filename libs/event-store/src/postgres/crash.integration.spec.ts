import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  buildAppend,
  createTestDatabase,
  describeViolations,
  expectAppended,
  type PrivatePostgres,
  startPrivatePostgres,
  type TestDatabase,
  waitUntil,
  withClient,
} from '#libs/testing';
import { ZantaraError } from '#libs/contracts';
import { runKills } from '../../../../bench/kills/run-kills.ts';
import { PostgresEventStore } from './postgres-event-store.ts';

/** More by command: npm run kills. */
const KILLS = 20;
const SEED = 20;

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

  it(`${KILLS} kills of the appending process or the server lose, double and reorder nothing`, async () => {
    const { violations, ...run } = await runKills({ kills: KILLS, seed: SEED });
    expect(describeViolations(violations)).toBe('');
    expect(run).toMatchObject({ missing: 0, doubled: 0, invented: 0, disordered: 0, skipped: 0, inverted: 0 });
    expect(run.ofPostgres).toBeGreaterThan(0);
    expect(run.leftOpen).toBeGreaterThan(0);
    expect(run.stored).toBeGreaterThan(run.kills);
  }, 300_000);

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
