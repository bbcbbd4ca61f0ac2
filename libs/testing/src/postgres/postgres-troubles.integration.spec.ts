import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresEventStore } from '#libs/event-store';
import { buildAppend } from '../event-store/event-builder.ts';
import { checkStoredLog } from '../log-checker/loading/load-log-evidence.ts';
import { waitUntil } from '../wait-until.ts';
import { createTestDatabase, type TestDatabase, withClient } from './create-test-database.ts';
import { PostgresTroubles } from './postgres-troubles.ts';
import { type PrivatePostgres, startPrivatePostgres } from './start-private-postgres.ts';

const STORE = 'troubled-store';

describe('an event store whose PostgreSQL is of no use', () => {
  let server: PrivatePostgres;
  let database: TestDatabase;
  let troubles: PostgresTroubles;
  let store: PostgresEventStore;
  let stream = 0;

  beforeAll(async () => {
    server = await startPrivatePostgres();
    database = await createTestDatabase(server.urls);
    troubles = new PostgresTroubles(server.urls.superuserUrl);
    store = new PostgresEventStore({
      connectionString: database.appUrl,
      applicationName: STORE,
      limits: { giveUpAfterMs: 200 },
      statementTimeoutMs: 500,
    });
  }, 60_000);
  afterEach(async () => {
    await troubles.recover();
    expect(await checkStoredLog(database.ownerUrl)).toEqual([]);
  });
  afterAll(async () => {
    await store.close();
    await server.remove();
  });

  /** Refused as an outage while the trouble lasts, and the very same request stored once after it. */
  const expectOutage = async (code: string): Promise<void> => {
    stream += 1;
    const request = buildAppend(`troubled-${stream}`, 'none');
    await expect(store.append(request)).rejects.toMatchObject({ code, kind: 'unavailable', retryable: true });
    await troubles.recover();
    let status: string | undefined;
    const ask = (): Promise<string | undefined> =>
      store.append(request).then(
        (answer) => answer.status,
        () => undefined,
      );
    await waitUntil(async () => (status = await ask()) !== undefined);
    expect(status).not.toBe('conflict');
    expect(await store.readStream(`troubled-${stream}`)).toHaveLength(1);
  };

  it('goes on when all its connections are ended', async () => {
    await store.append(buildAppend('ended', 'none'));
    expect(await troubles.endBackends(STORE)).toBeGreaterThan(0);
    await expect(store.append(buildAppend('ended', 1))).resolves.toMatchObject({ status: 'appended' });
  });

  it('says that the log is unavailable while nothing may be written, and still reads', async () => {
    await store.append(buildAppend('readable', 'none'));
    await troubles.refuseWrites();
    expect(await store.readStream('readable')).toHaveLength(1);
    await expectOutage('log-unavailable');
  });

  it('leaves in doubt what is committed and never answered', async () => {
    await troubles.hangCommits();
    await expectOutage('append-outcome-unknown');
  });

  it('says that the log is unavailable while there is no connection left', async () => {
    await store.append(buildAppend('before', 'none'));
    await troubles.takeConnections();
    await expect(withClient(database.appUrl, (client) => client.query('SELECT'))).rejects.toMatchObject({ code: '53300' });
    await expectOutage('log-unavailable');
  });

  it('stores everything once though each commit takes long', async () => {
    await troubles.slowCommits();
    const startedAt = performance.now();
    await store.append(buildAppend('slow', 'none'));
    await store.append(buildAppend('slow', 1));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(200);
    expect(await store.readStream('slow')).toHaveLength(2);
  });
});
