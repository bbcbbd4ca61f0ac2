import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEmptyDatabase, type TestDatabase, waitUntil, withClient } from '#libs/testing';

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

describe('the memory service', () => {
  let database: TestDatabase;
  let service: ChildProcess;
  let url: string;
  const started: ChildProcess[] = [];

  const startService = (env: Record<string, string>): ChildProcess => {
    const loader = ['--disable-warning=ExperimentalWarning', '--import', resolve('scripts/typescript-loader.mjs')];
    const child = spawn(process.execPath, [...loader, resolve('examples/ecosystem/memory/src/main.ts')], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: 'ignore',
    });
    started.push(child);
    return child;
  };
  const untilEnded = (child: ChildProcess) => waitUntil(() => child.exitCode !== null || child.signalCode !== null);
  const health = async (): Promise<number | undefined> => (await fetch(`${url}/health`).catch(() => undefined))?.status;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    service = startService({ PORT: String(port), DATABASE_URL: database.ownerUrl });
    await waitUntil(async () => (await health()) === 200);
  });
  afterAll(async () => {
    for (const child of started) child.kill('SIGKILL');
    await Promise.all(started.map(untilEnded));
    await database.drop();
  });

  const put = (key: string, body: string) => fetch(`${url}/entries/${encodeURIComponent(key)}`, { method: 'PUT', body });
  const get = (key: string) => fetch(`${url}/entries/${encodeURIComponent(key)}`);

  it('keeps, replaces and forgets entries', async () => {
    expect((await get('a/b')).status).toBe(404);
    await put('a/b', 'one');
    await put('a/b', 'two');
    expect(await (await get('a/b')).json()).toEqual({ key: 'a/b', value: 'two' });
    expect((await fetch(`${url}/entries/a%2Fb`, { method: 'DELETE' })).status).toBe(204);
    expect((await get('a/b')).status).toBe(404);
  });

  it('refuses what it does not know', async () => {
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    expect((await fetch(`${url}/entries/a`, { method: 'POST' })).status).toBe(405);
    expect((await put('big', 'x'.repeat(70_000))).status).toBe(413);
  });

  it('is well only while its database answers', async () => {
    const name = `"${database.name}"`;
    await withClient(database.superuserUrl.replace(/\/[^/]*$/, '/postgres'), async (client) => {
      await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database.name]);
      await waitUntil(async () => (await health()) === 503);
      await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    });
    await waitUntil(async () => (await health()) === 200);
  });

  it('ends at once and says why when its configuration is wrong', async () => {
    const wrong = startService({ PORT: 'none' });
    await untilEnded(wrong);
    expect(wrong.exitCode).toBe(2);
  });

  it('drains, then ends in order', async () => {
    expect((await fetch(`${url}/drain`, { method: 'POST' })).status).toBe(202);
    expect(await health()).toBe(503);
    expect((await get('a')).status).toBe(503);
    service.kill('SIGTERM');
    await untilEnded(service);
    expect(service.exitCode).toBe(0);
  });
});
