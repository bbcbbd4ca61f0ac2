import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEmptyDatabase, type TestDatabase, waitUntil, withClient } from '#libs/testing';
import { ExampleProgram } from '../../../../test/launcher/example-program.ts';

describe('the memory service', () => {
  let database: TestDatabase;
  let service: ExampleProgram;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    service = await ExampleProgram.start('memory', { database_url: database.ownerUrl });
    await service.untilUp();
  });
  afterAll(async () => {
    await service.end();
    await database.drop();
  });

  const urlOf = (key: string): string => `${service.url}/entries/${encodeURIComponent(key)}`;
  const put = (key: string, body: string) => fetch(urlOf(key), { method: 'PUT', body });
  const get = (key: string) => fetch(urlOf(key));

  it('keeps, replaces and forgets entries', async () => {
    expect((await get('a/b')).status).toBe(404);
    await put('a/b', 'one');
    await put('a/b', 'two');
    expect(await (await get('a/b')).json()).toEqual({ key: 'a/b', value: 'two' });
    expect((await fetch(urlOf('a/b'), { method: 'DELETE' })).status).toBe(204);
    expect((await get('a/b')).status).toBe(404);
  });

  it('refuses what it does not know', async () => {
    expect((await fetch(`${service.url}/elsewhere`)).status).toBe(404);
    expect((await fetch(urlOf('a'), { method: 'POST' })).status).toBe(405);
    expect((await put('big', 'x'.repeat(70_000))).status).toBe(413);
  });

  it('is well only while its database answers', async () => {
    const name = `"${database.name}"`;
    await withClient(database.superuserUrl.replace(/\/[^/]*$/, '/postgres'), async (client) => {
      await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database.name]);
      await waitUntil(async () => (await service.health()) === 503);
      await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    });
    await waitUntil(async () => (await service.health()) === 200);
  });

  it('drains, then ends in order', async () => {
    expect((await fetch(`${service.url}/drain`, { method: 'POST' })).status).toBe(202);
    expect(await service.health()).toBe(503);
    expect((await get('a')).status).toBe(503);
    service.send('SIGTERM');
    expect(await service.untilEnded()).toBe(0);
  });
});
