import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  breakConfig,
  breakServiceDown,
  breakServiceHung,
  type BreakableService,
  crashLoop,
  NotRunningError,
} from '../../scripts/break/wounds.mjs';
import { isAlive } from './running-launcher.ts';
import { waitUntil } from '#libs/testing';

const GOOD = 'port: 4000\nurl: http://127.0.0.1:4000\n';

let dir: string;
let children: ChildProcess[];
let service: BreakableService;

const last = (): ChildProcess | undefined => children.at(-1);

function startService(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  children.push(child);
  return child.pid ?? 0;
}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-break-'));
  children = [];
  const configFile = join(dir, 'rag.yaml');
  writeFileSync(configFile, GOOD);
  const findPid = (): number | undefined => {
    const pid = last()?.pid ?? 0;
    return isAlive(pid) ? pid : undefined;
  };
  service = { id: 'rag', configFile, findPid };
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

describe('a broken service', () => {
  it('is dead when it is down', async () => {
    const pid = startService();
    expect(await breakServiceDown(service)).toEqual({ pid });
    expect(isAlive(pid)).toBe(false);
    await waitUntil(() => last()?.signalCode === 'SIGKILL');
  });

  it('is stopped where it stands when it is hung', async () => {
    const pid = startService();
    expect(await breakServiceHung(service)).toEqual({ pid });
    await waitUntil(() => /^\d+ \(.*\) T/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  });

  it('has a spoiled file, and a good one beside it, also when it is spoiled twice', async () => {
    for (let round = 0; round < 2; round++) {
      const pid = startService();
      const { goodFile, ...broken } = await breakConfig(service);
      expect(broken).toEqual({ pid, file: service.configFile });
      expect(isAlive(pid)).toBe(false);
      expect(readFileSync(service.configFile, 'utf8')).toBe(GOOD.replace('port: 4000', 'port: not-a-port'));
      expect(readFileSync(goodFile, 'utf8')).toBe(GOOD);
    }
  });

  it('is killed again after each start while it loops, until that is enough', async () => {
    const enough = new AbortController();
    const killed: number[] = [];
    const started = [startService()];
    const looping = crashLoop(service, { signal: enough.signal, onKill: (pid) => killed.push(pid) });
    for (let kills = 1; kills <= 2; kills++) {
      await waitUntil(() => killed.length === kills);
      started.push(startService());
    }
    await waitUntil(() => killed.length === 3);
    enough.abort();
    expect(await looping).toBe(3);
    expect(killed).toEqual(started);
  });

  it.each([breakServiceDown, breakServiceHung, breakConfig])('is told when there is nobody to break (%#)', async (wound) => {
    await expect(wound(service)).rejects.toThrow(NotRunningError);
  });
});
