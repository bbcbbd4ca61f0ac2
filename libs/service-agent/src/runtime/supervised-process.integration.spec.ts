import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing';
import { isProcessAlive } from './process-stat.ts';
import { type ProcessExit, SupervisedProcess } from './supervised-process.ts';

const IDLE = "console.log('ready password=hunter2'); setInterval(() => undefined, 1000)";
const DEAF = `process.on('SIGTERM', () => undefined); ${IDLE}`;

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

  const supervise = (script = IDLE, over: { epoch?: string; command?: string } = {}): SupervisedProcess => {
    const spec = { command: over.command ?? process.execPath, args: ['-e', script], cwd: undefined, env: { LANG: 'C' } };
    const created = new SupervisedProcess({ serviceId: 'memory', spec, directory: dir, epoch: over.epoch ?? 'e' });
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
    await child.start();
    await waitUntil(() => exits.length === 1);
    expect(child.state).toEqual({ state: 'exited', exit: { exitCode: 3 } });
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
    expect(polite.state).toEqual({ state: 'exited', exit: { signal: 'SIGTERM' } });
    const deaf = supervise(DEAF);
    await deaf.start();
    await untilSpoken(deaf);
    await deaf.stop(100);
    expect(deaf.state).toEqual({ state: 'exited', exit: { signal: 'SIGKILL' } });
  });

  it('leaves no grandchild behind', async () => {
    const pidFile = join(dir, 'grandchild');
    const child = supervise(`
      const { pid } = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(DEAF)}]);
      require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(pid));
      ${IDLE}`);
    await child.start();
    await untilSpoken(child);
    const grandchild = Number(readFileSync(pidFile, 'utf8'));
    expect(isProcessAlive(grandchild)).toBe(true);
    await child.stop(2_000);
    await waitUntil(() => !isProcessAlive(grandchild));
  });

  it('says so when the program can not be started', async () => {
    const child = supervise('', { command: '/nonexistent/program' });
    await expect(child.start()).rejects.toMatchObject({ code: 'start-failed' });
    expect(child.state.state).toBe('exited');
  });

  it('finds the child that an earlier agent left, and sees its end', async () => {
    const first = supervise();
    const pid = await first.start();
    first.release();
    const second = supervise();
    expect(second.adopt()).toMatchObject({ isSameSpec: true, isSameEpoch: true });
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
    expect(supervise(DEAF).adopt()).toMatchObject({ isSameSpec: false, isSameEpoch: true });
    const afterBoot = supervise(IDLE, { epoch: 'another' });
    expect(afterBoot.adopt()).toMatchObject({ isSameEpoch: false });
    expect(afterBoot.state.state).toBe('exited');
  });

  it('is as never started once it is forgotten', async () => {
    const child = supervise();
    await child.start();
    await child.stop(1_000);
    await child.forget();
    const next = supervise();
    expect(next.adopt().record).toBeUndefined();
    expect(next.state).toEqual({ state: 'none' });
  });
});
