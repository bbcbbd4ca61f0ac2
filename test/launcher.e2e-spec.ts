import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FeedReader } from './builders/feed-reader.ts';
import { isAlive, pidOf, processesOn, type RunFile, RunningLauncher } from './launcher/running-launcher.ts';
import { freePort, waitUntil } from '#libs/testing';

let stateDir: string;
let started: RunningLauncher[];
let taken: Server;
let port: number;

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

function start(args: string[] = [], environment: Record<string, string> = {}): RunningLauncher {
  const launcher = new RunningLauncher(stateDir, args, { PORT: String(port), ...environment });
  started.push(launcher);
  return launcher;
}

const startReady = async (args: string[] = []): Promise<RunningLauncher> => start(args).ready();

const SERVICES = ['memory', 'rag', 'gateway'];
/** All that the launcher starts and that doesn't outlive it, as the servers do. */
const PROGRAMS = ['orchestrator', ...SERVICES, ...SERVICES.map((id) => `${id}-agent`), 'users'];

const haveEnded = (run: RunFile): boolean => PROGRAMS.every((name) => !isAlive(pidOf(run, name)));

/** Kills the memory service and waits until it was healed. */
async function healMemory({ run }: RunningLauncher): Promise<void> {
  const url = run.services?.find(({ id }) => id === 'memory')?.url;
  const isUp = async (): Promise<boolean> => (await fetch(`${url}/health`).catch(() => undefined))?.ok === true;
  process.kill(pidOf(run, 'memory'), 'SIGKILL');
  await waitUntil(async () => !(await isUp()));
  await waitUntil(isUp, { everyMs: 50 });
}

const answersReady = async (url: string): Promise<boolean> => (await fetch(`${url}/health/ready`)).ok;

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'zantara-launcher-'));
  chmodSync(stateDir, 0o755); // PostgreSQL, which doesn't run as root, must get through
  started = [];
  port = await freePort();
  taken = createServer();
});

afterEach(async () => {
  for (const launcher of started.splice(0)) if (!launcher.hasEnded) await launcher.end('SIGTERM');
  taken.close();
});

afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

describe('npm start', () => {
  it('brings everything up, says what to try, and leaves nothing running after Ctrl-C', async () => {
    const launcher = await startReady();
    const { run, output } = launcher;
    expect(Object.keys(run.pids).toSorted()).toEqual([...PROGRAMS, 'nats', 'postgres'].toSorted());
    expect(Object.values(run.pids).every(isAlive)).toBe(true);
    expect(run.api_url).toBe(`http://127.0.0.1:${port}`);
    expect(output).toContain(run.api_url);
    expect(output).toContain(run.users_url);
    expect(output).toContain('npm run break -- service-down --service rag');
    expect(await answersReady(run.api_url)).toBe(true);

    expect(await launcher.end('SIGINT')).toBe(0);
    const stops = [...launcher.output.matchAll(/\] (\w+) stopped/g)].map(([, name]) => name);
    expect(stops).toEqual(['example', 'orchestrator', 'nats', 'postgres']);
    expect(Object.values(run.pids).filter(isAlive)).toEqual([]);
    expect(processesOn(stateDir)).toEqual([]);
    expect(existsSync(join(stateDir, 'run.json'))).toBe(false);
  }, 120_000);

  it('lets a program follow the feeds that has the key made for that', async () => {
    const { run } = await startReady();
    const seedFile = join(stateDir, 'keys/feed-reader.nk');
    const reader = new FeedReader({ url: run.nats_url, seedFile, tenant: 'main' });
    reader.start();
    try {
      await waitUntil(() => reader.read().filter(({ type }) => type === 'ServiceRegistered').length === SERVICES.length);
    } finally {
      await reader.stop();
    }
  }, 120_000);

  it('keeps its keys from start to start, and ends on SIGTERM too', async () => {
    const key = readFileSync(join(stateDir, 'keys/command-signing.pem'), 'utf8');
    const launcher = await startReady(['--no-example']);
    const { run } = launcher;
    expect(readFileSync(join(stateDir, 'keys/command-signing.pem'), 'utf8')).toBe(key);
    expect(await launcher.end('SIGTERM')).toBe(0);
    expect(Object.values(run.pids).filter(isAlive)).toEqual([]);
  }, 120_000);

  it('stops in order when Ctrl-C comes while it starts', async () => {
    const launcher = start();
    await waitUntil(() => launcher.output.includes('] postgres: pid'), { withinMs: 60_000 });
    expect(await launcher.end('SIGINT')).toBe(0);
    expect(processesOn(stateDir)).toEqual([]);
  }, 120_000);

  it('stops in order when the terminal is closed', async () => {
    const launcher = await startReady(['--no-example']);
    const { pids } = launcher.run;
    await launcher.hangUp();
    await waitUntil(() => processesOn(stateDir).length === 0);
    expect(Object.values(pids).filter(isAlive)).toEqual([]);
    expect(existsSync(join(stateDir, 'run.json'))).toBe(false);
  }, 120_000);

  it('ends everything at once when Ctrl-C is pressed again', async () => {
    const launcher = await startReady(['--no-example']);
    process.kill(pidOf(launcher.run, 'orchestrator'), 'SIGSTOP'); // the stop would wait long for it
    const isHurrying = (): boolean => launcher.hasEnded || launcher.output.includes('stopping at once');
    await waitUntil(
      () => {
        // One more would end npm itself, when it alone is left.
        if (!isHurrying()) launcher.send('SIGINT');
        return isHurrying();
      },
      { everyMs: 100 },
    );
    expect(await launcher.ended()).toBe(1);
    expect(launcher.output).toContain('stopping at once');
    await waitUntil(() => processesOn(stateDir).length === 0);
  }, 120_000);

  it('refuses to run twice on one state, also with --fresh', async () => {
    const launcher = await startReady(['--no-example']);
    for (const args of [[], ['--fresh']]) {
      const second = start(args);
      expect(await second.ended()).toBe(1);
      expect(second.output).toContain(`running already from ${stateDir}: pid ${launcher.run.launcher_pid}`);
      expect(second.output).toContain(launcher.run.api_url);
    }
    expect(await answersReady(launcher.run.api_url)).toBe(true);
  }, 120_000);

  it('takes over after it was killed, and leaves nothing of the former start', async () => {
    const first = await startReady();
    const { run } = first;
    await first.end('SIGKILL');
    const second = await startReady();
    await waitUntil(() => haveEnded(run));
    expect(second.run.pids['postgres']).toBe(run.pids['postgres']);
    expect(second.run.pids['nats']).toBe(run.pids['nats']);
    const all = [...Object.values(run.pids), ...Object.values(second.run.pids)];
    expect(await second.end('SIGTERM')).toBe(0);
    expect(all.filter(isAlive)).toEqual([]);
    expect(processesOn(stateDir)).toEqual([]);
  }, 120_000);

  it('leaves nothing of a service that was healed in the meantime, whether it is stopped or killed, and heals with the keys that KEY_DIR names', async () => {
    // A second kill on the same log would wait for the damping of a service that flaps.
    const stopped = await startReady(['--fresh']);
    await healMemory(stopped);
    await stopped.end('SIGTERM');
    expect(processesOn(stateDir)).toEqual([]);

    const killed = await start(['--fresh'], { KEY_DIR: join(stateDir, 'keys-of-mine') }).ready();
    await healMemory(killed);
    expect(existsSync(join(stateDir, 'keys-of-mine/command-signing.pem'))).toBe(true);
    expect(existsSync(join(stateDir, 'keys/command-signing.pem'))).toBe(false);
    await killed.end('SIGKILL');
    const last = await startReady(['--no-example']);
    await last.end('SIGTERM');
    expect(processesOn(stateDir)).toEqual([]);
  }, 120_000);

  it('ends its programs by themselves when it was killed and nobody starts it again', async () => {
    const launcher = await startReady();
    const { run } = launcher;
    await launcher.end('SIGKILL');
    await waitUntil(() => haveEnded(run));
  }, 120_000);

  it('clears the state with --fresh, even of servers that a killed start left running', async () => {
    const key = readFileSync(join(stateDir, 'keys/command-signing.pem'), 'utf8');
    const launcher = await startReady(['--fresh', '--no-example']);
    expect(launcher.output).toContain('the state is cleared');
    expect(Object.keys(launcher.run.pids).toSorted()).toEqual(['nats', 'orchestrator', 'postgres']);
    expect(readFileSync(join(stateDir, 'keys/command-signing.pem'), 'utf8')).not.toBe(key);
    expect(existsSync(join(stateDir, 'example'))).toBe(false);
  }, 120_000);

  it('says so when the port that was asked for is taken', async () => {
    const busy = await listen(taken);
    const launcher = start([], { PORT: String(busy) });
    expect(await launcher.ended()).toBe(1);
    expect(launcher.output).toContain(`port ${busy} is taken: choose another one with PORT=`);
    expect(processesOn(stateDir)).toEqual([]);
  }, 60_000);

  it.each([
    [['--frsh'], '--frsh'],
    [['fresh'], 'fresh'],
  ])('refuses the unknown argument %j', async (args, named) => {
    const launcher = start(args);
    expect(await launcher.ended()).toBe(1);
    expect(launcher.output).toContain(named);
    expect(launcher.output).toContain('--help');
  });

  it('explains itself with --help and starts nothing', async () => {
    const launcher = start(['--help']);
    expect(await launcher.ended()).toBe(0);
    expect(launcher.output).toContain('--no-example');
    expect(processesOn(stateDir)).toEqual([]);
  });
});
