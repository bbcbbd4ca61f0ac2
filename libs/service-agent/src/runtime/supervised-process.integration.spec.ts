import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing';
import { isProcessAlive } from './process-stat.ts';
import { type ProcessExit, SupervisedProcess } from './supervised-process.ts';

const IDLE = "console.log('ready password=hunter2'); setInterval(() => undefined, 1000)";
const DEAF = `process.on('SIGTERM', () => undefined); console.log('deaf'); ${IDLE}`;

describe('SupervisedProcess', () => {
  let dir: string;
  let supervised: SupervisedProcess[];

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'zantara-process-'));
    supervised = [];
  });
  afterEach(async () => {
    for (const process of supervised) await process.stop(0);
    rmSync(dir, { recursive: true, force: true });
  });

  const supervise = (
    script = IDLE,
    over: { epoch?: string; command?: string; env?: Record<string, string>; inheritedEnv?: Record<string, string> } = {},
  ): SupervisedProcess => {
    const { epoch = 'e', command = process.execPath, env = { LANG: 'C' }, inheritedEnv = {} } = over;
    const spec = { command, args: ['-e', script], cwd: undefined, env, inheritEnv: [] };
    const created = new SupervisedProcess({ serviceId: 'memory', spec, inheritedEnv, directory: dir, epoch });
    supervised.push(created);
    return created;
  };
  const untilSpoken = (child: SupervisedProcess) => waitUntil(async () => (await child.tail(5)).length > 0);

  it('starts one process and not a second beside it', async () => {
    const child = supervise();
    const pid = await child.start();
    expect(await child.start()).toBe(pid);
    expect(child.state).toEqual({ state: 'running', pid });
  });

  it('keeps the last words of its child, without secrets', async () => {
    const child = supervise();
    await child.start();
    await untilSpoken(child);
    expect(await child.tail(5)).toEqual(['ready password=[redacted:secret]']);
  });

  it('sees the end at once, with code or signal', async () => {
    const child = supervise('process.exit(3)');
    const exits: ProcessExit[] = [];
    child.onExit((exit) => exits.push(exit));
    const pid = await child.start();
    await waitUntil(() => exits.length === 1);
    expect(child.state).toEqual({ state: 'exited', exit: { exitCode: 3 }, pid });
    // Its end is on the disk before the next one writes there.
    await child.stop(0);
    const idle = supervise();
    idle.onExit((exit) => exits.push(exit));
    process.kill(await idle.start(), 'SIGKILL');
    await waitUntil(() => exits.length === 2);
    expect(exits[1]).toEqual({ signal: 'SIGKILL' });
  });

  it('asks politely, then kills', async () => {
    const polite = supervise();
    await polite.start();
    await polite.stop(5_000);
    expect(polite.state).toMatchObject({ state: 'exited', exit: { signal: 'SIGTERM' } });
    const deaf = supervise(DEAF);
    await deaf.start();
    // The one before has spoken into the same file.
    await waitUntil(async () => (await deaf.tail(5)).includes('deaf'));
    await deaf.stop(100);
    expect(deaf.state).toMatchObject({ state: 'exited', exit: { signal: 'SIGKILL' } });
  });

  /** A leader that obeys and a worker that doesn't; resolves to their pids when both are there. */
  const startWithWorker = async (child: SupervisedProcess): Promise<{ leader: number; worker: number }> => {
    const leader = await child.start();
    const speech = /worker (\d+)/;
    await waitUntil(async () => (await child.tailSinceStart(5)).some((line) => speech.test(line)));
    return { leader, worker: Number(speech.exec((await child.tailSinceStart(5)).join('\n'))?.[1]) };
  };
  const withWorker = (options = '') => `
    const deaf = "process.on('SIGTERM', () => undefined); console.log('worker ' + process.pid); setInterval(() => undefined, 1000)";
    require('child_process').spawn(process.execPath, ['-e', deaf], { stdio: 'inherit', ${options} });
    setInterval(() => undefined, 1000);`;

  it.each([
    ['that it has started', ''],
    ['in a group of its own', 'detached: true'],
    ['that has wiped its environment', 'env: {}'],
  ])('leaves no process behind %s', async (_, options) => {
    const child = supervise(withWorker(options));
    const { worker } = await startWithWorker(child);
    expect(isProcessAlive(worker)).toBe(true);
    await child.stop(2_000);
    expect(isProcessAlive(worker)).toBe(false);
  });

  it.each(['start', 'stop'] as const)('ends at its %s what a leader that was killed has left behind', async (step) => {
    const child = supervise(withWorker());
    const { leader, worker } = await startWithWorker(child);
    process.kill(leader, 'SIGKILL');
    await waitUntil(() => child.state.state === 'exited');
    expect(isProcessAlive(worker)).toBe(true);
    await child[step](0);
    expect(isProcessAlive(worker)).toBe(false);
  });

  it('ends what the child of an earlier agent has left behind', async () => {
    const first = supervise(withWorker());
    const { leader, worker } = await startWithWorker(first);
    process.kill(leader, 'SIGKILL');
    await waitUntil(() => first.state.state === 'exited');
    first.release();
    const second = supervise();
    second.adopt();
    await second.stop(0);
    expect(isProcessAlive(worker)).toBe(false);
  });

  it('says so when the program can not be started', async () => {
    const child = supervise('', { command: '/nonexistent/program' });
    await expect(child.start()).rejects.toMatchObject({ code: 'start-failed' });
    expect(child.state).toEqual({ state: 'exited', exit: {} });
  });

  it('finds the child that an earlier agent left, and sees its end', async () => {
    const first = supervise();
    const pid = await first.start();
    first.release();
    const second = supervise();
    expect(second.adopt()).toEqual({ wasStarted: true, isSameEpoch: true, changedParts: [] });
    expect(second.state).toEqual({ state: 'running', pid });
    const exits: ProcessExit[] = [];
    second.onExit((exit) => exits.push(exit));
    process.kill(pid, 'SIGKILL');
    await waitUntil(() => exits.length === 1);
    expect(second.state.state).toBe('exited');
  });

  it('finds it also when the agent died before it wrote the pid down', async () => {
    const first = supervise();
    const pid = await first.start();
    const path = join(dir, 'process.json');
    const { pid: _pid, start_time: _startTime, ...early } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify(early));
    const second = supervise();
    second.adopt();
    expect(second.state).toEqual({ state: 'running', pid });
  });

  it('does not take a stranger with the same pid for its child', async () => {
    const first = supervise();
    const pid = await first.start();
    await first.stop(1_000);
    const path = join(dir, 'process.json');
    await waitUntil(() => readFileSync(path, 'utf8').includes('exited'));
    const { exited: _exited, ...record } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...record, pid: process.pid, start_time: '1' }));
    const second = supervise();
    second.adopt();
    expect(second.state.state).toBe('exited');
    expect(pid).not.toBe(process.pid);
  });

  it('knows another configuration and another run of the machine', async () => {
    await supervise().start();
    expect(supervise(DEAF, { env: { LANG: 'D' } }).adopt()).toMatchObject({ changedParts: ['args', 'env'], isSameEpoch: true });
    const afterBoot = supervise(IDLE, { epoch: 'another' });
    expect(afterBoot.adopt()).toMatchObject({ isSameEpoch: false });
    expect(afterBoot.state.state).toBe('exited');
  });

  it('takes no other shell for another configuration, and hands on what its own has', async () => {
    const print = 'console.log(process.env.PATH, process.env.LANG); setInterval(() => undefined, 1000)';
    const first = supervise(print, { inheritedEnv: { PATH: '/bin', LANG: 'inherited' } });
    await first.start();
    await untilSpoken(first);
    expect(await first.tail(1)).toEqual(['/bin C']);
    expect(supervise(print, { inheritedEnv: { PATH: '/usr/bin' } }).adopt()).toMatchObject({ changedParts: [] });
  });

  it('finds the child that an agent of an earlier release wrote down', async () => {
    const first = supervise();
    const pid = await first.start();
    const path = join(dir, 'process.json');
    const { spec_hashes: _hashes, ...record } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...record, spec_hash: 'abc' }));
    const second = supervise();
    expect(second.adopt().changedParts).toContain('command');
    expect(second.state).toEqual({ state: 'running', pid });
  });

  it('is as never started once it is forgotten', async () => {
    const child = supervise();
    await child.start();
    await child.stop(1_000);
    await child.forget();
    const next = supervise();
    expect(next.adopt().wasStarted).toBe(false);
    expect(next.state).toEqual({ state: 'none' });
  });
});
