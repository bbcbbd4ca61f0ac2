import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningNats, startNats } from '../../scripts/infra/nats.mjs';
import { startPostgres } from '../../scripts/infra/postgres.mjs';
import { processesOn } from './running-launcher.ts';
import { waitUntil } from '#libs/testing';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-recovery-'));
  chmodSync(dir, 0o755); // PostgreSQL, which doesn't run as root, must get through
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** In the place of nats-server: it listens when it is let, as one that has much to recover. */
const SLOW_SERVER = `#!${process.execPath}
const { existsSync, readFileSync } = require('node:fs');
const { createServer } = require('node:net');
const [, , , config] = process.argv;
const port = Number(/^port: (.+)$/m.exec(readFileSync(config, 'utf8'))[1]);
const waiting = setInterval(() => {
  if (!existsSync(config + '.recovered')) return;
  clearInterval(waiting);
  createServer().listen(port, '127.0.0.1');
}, 5);
`;

describe('a nats-server that recovers slowly', () => {
  const recovered = (): void => writeFileSync(join(dir, 'nats.conf.recovered'), '');
  const serverBefore = process.env['NATS_SERVER_BIN'];

  beforeEach(() => {
    writeFileSync(join(dir, 'slow-server'), SLOW_SERVER, { mode: 0o755 });
    process.env['NATS_SERVER_BIN'] = join(dir, 'slow-server');
  });
  afterEach(() => {
    if (serverBefore === undefined) delete process.env['NATS_SERVER_BIN'];
    else process.env['NATS_SERVER_BIN'] = serverBefore;
  });

  it('is found by the next start although the first one never saw it up', async () => {
    const first = startNats({ dir });
    await waitUntil(() => existsSync(join(dir, 'state.json')));
    const second = startNats({ dir });
    recovered();
    const servers: RunningNats[] = await Promise.all([first, second]);
    expect(new Set(servers.map(({ pid }) => pid)).size).toBe(1);
    expect(JSON.parse(readFileSync(join(dir, 'state.json'), 'utf8'))).toEqual({ pid: servers[0]?.pid, port: servers[0]?.port });
    await servers[0]?.stop();
    expect(processesOn(dir)).toEqual([]);
  });

  it('is ended when it takes too long', async () => {
    await expect(startNats({ dir, withinMs: 50 })).rejects.toThrow('did not listen on port');
    expect(processesOn(dir)).toEqual([]);
  });
});

describe('a nats-server that ends at once', () => {
  it('is told with the file that says why', async () => {
    writeFileSync(join(dir, 'jetstream'), 'a file where the server wants a folder');
    await expect(startNats({ dir, cache: '.zantara/nats-bin' })).rejects.toThrow(
      `nats-server ended, see ${join(dir, 'nats.log')}`,
    );
  });
});

describe('a PostgreSQL that was killed', () => {
  let shell: ChildProcess | undefined;
  afterEach(() => {
    shell?.kill('SIGKILL');
  });

  it('starts again beside a shell that stands in its data directory', async () => {
    const killed = await startPostgres({ dir, durable: false });
    shell = spawn('sleep', ['600'], { cwd: join(dir, 'data') });
    process.kill(killed.pid, 'SIGKILL');
    const server = await startPostgres({ dir, durable: false });
    expect(server.pid).not.toBe(killed.pid);
    expect(shell.signalCode).toBeNull();
    await server.stop();
  }, 60_000);
});
