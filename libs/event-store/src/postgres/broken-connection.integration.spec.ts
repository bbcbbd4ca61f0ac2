import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { buildAppend, createTestDatabase, FaultProxy, type TestDatabase } from '#libs/testing';
import { encodeRequest } from '../encoded-request.ts';
import { AppendConnection } from './append-connection.ts';
import { createPool } from './connection-pool.ts';
import { PostgresEventStore } from './postgres-event-store.ts';

describe('a connection that breaks under an append', () => {
  let database: TestDatabase;
  let proxy: FaultProxy;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    proxy = await FaultProxy.start(database.appUrl);
  });
  afterEach(async () => {
    await proxy.leave();
  });
  afterAll(async () => {
    await database.drop();
  });

  it('leaves in doubt what was committed, and a repetition finds it', async () => {
    const connection = new AppendConnection({ connectionString: proxy.url });
    await connection.append([encodeRequest(buildAppend('unheard-1', 'none'))]);
    const request = encodeRequest(buildAppend('unheard-1', 1, 2));
    proxy.loseNextAnswer();
    await expect(connection.append([request])).rejects.toMatchObject({ code: 'append-outcome-unknown' });
    expect((await connection.append([request])).results).toMatchObject([{ status: 'repeated', firstPosition: 2 }]);
    await connection.close();
  });

  it('leaves in doubt what the server never heard of, and a repetition stores it', async () => {
    const connection = new AppendConnection({ connectionString: proxy.url });
    await connection.append([encodeRequest(buildAppend('lost-1', 'none'))]);
    const request = encodeRequest(buildAppend('lost-1', 1, 2));
    proxy.loseNextRequest();
    await expect(connection.append([request])).rejects.toMatchObject({ code: 'append-outcome-unknown' });
    expect((await connection.append([request])).results).toMatchObject([{ status: 'appended' }]);
    await connection.close();
  });

  it('has the store answer as if nothing had happened', async () => {
    const pool = createPool({ connectionString: database.appUrl });
    const store = new PostgresEventStore({ connectionString: proxy.url, pool });
    await store.append(buildAppend('healed-1', 'none'));
    proxy.loseNextAnswer();
    expect(await store.append(buildAppend('healed-1', 1))).toMatchObject({ status: 'repeated' });
    proxy.loseNextRequest();
    expect(await store.append(buildAppend('healed-1', 2))).toMatchObject({ status: 'appended' });
    expect(await store.readStream('healed-1')).toHaveLength(3);
    await store.close();
    expect((await pool.query('SELECT 1')).rowCount).toBe(1); // the owner's pool goes on
    await pool.end();
  });

  it('is let go of although the server has fallen silent', async () => {
    const connection = new AppendConnection({ connectionString: proxy.url });
    await connection.append([encodeRequest(buildAppend('silent-1', 'none'))]);
    proxy.fallSilent();
    await connection.close();
  }, 10_000);
});
