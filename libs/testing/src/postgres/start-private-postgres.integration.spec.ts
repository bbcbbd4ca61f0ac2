import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningPostgres, startPostgres } from '../../../../scripts/infra/postgres.mjs';
import { withClient } from './create-test-database.ts';

const countRoles = (url: string): Promise<number> =>
  withClient(url, async (client) => {
    const { rowCount } = await client.query(`SELECT FROM pg_roles WHERE rolname LIKE 'zantara%'`);
    return rowCount ?? 0;
  });

describe('the embedded PostgreSQL', () => {
  let dir: string;
  let server: RunningPostgres;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'zantara-embedded-'));
    chmodSync(dir, 0o755);
    server = await startPostgres({ dir });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('has a database and a login for each role', async () => {
    for (const url of [server.url, server.ownerUrl, server.analystUrl]) {
      const { rows } = await withClient(url, (client) =>
        client.query('SELECT current_database() AS database, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user'),
      );
      expect(rows).toEqual([{ database: 'zantara', rolsuper: false, rolcreaterole: url === server.ownerUrl }]);
    }
  });

  it('is joined by a second start, whose stop leaves it running', async () => {
    const second = await startPostgres({ dir });
    expect(second).toMatchObject({ pid: server.pid, port: server.port, url: server.url });
    await second.stop();
    expect(await countRoles(server.superuserUrl)).toBe(3);
  });

  it('starts again after kill -9 while a query ran', async () => {
    await withClient(server.ownerUrl, (client) => client.query('CREATE TABLE kept AS SELECT 1 AS n'));
    const asleep = withClient(server.url, (client) => client.query('SELECT pg_sleep(60)')).catch(() => undefined);
    const { pid } = server;
    process.kill(pid, 'SIGKILL');
    server = await startPostgres({ dir });
    expect(server.pid).not.toBe(pid);
    await withClient(server.ownerUrl, (client) => client.query('SELECT n FROM kept'));
    await asleep;
  });

  it('starts although the pid file names a program of somebody else', async () => {
    await server.stop();
    const bystander = spawn('sleep', ['60']);
    const pidFile = join(dir, 'data/postmaster.pid');
    writeFileSync(pidFile, `${bystander.pid}\n${join(dir, 'data')}\n1\n${server.port}\n\n127.0.0.1\n0 0\nready\n`);
    server = await startPostgres({ dir });
    expect(readFileSync(pidFile, 'utf8').split('\n')[0]).toBe(String(server.pid));
    expect(bystander.exitCode).toBeNull();
    bystander.kill();
  });

  it('keeps its passwords for the owner of the files alone', () => {
    expect(() => readFileSync(join(dir, 'superuser-password'))).toThrow('ENOENT');
    expect(Object.keys(JSON.parse(readFileSync(join(dir, 'passwords.json'), 'utf8')) as object)).toHaveLength(4);
  });
});
