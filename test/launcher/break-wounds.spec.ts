import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
import { LauncherError } from '../../scripts/launcher/options.mjs';
import { isAlive } from './running-launcher.ts';
import { waitUntil } from '#libs/testing';

/** Above the highest number that a process can have. */
const ENDED = 2 ** 22 + 1;
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

  it('is counted as killed only when it was there to be killed', async () => {
    const enough = new AbortController();
    const pids = [ENDED, startService(), undefined, ENDED];
    const findPid = (): number | undefined => {
      if (pids.length === 1) enough.abort();
      return pids.shift();
    };
    expect(await crashLoop({ ...service, findPid }, { signal: enough.signal })).toBe(1);
    expect(pids).toEqual([]);
  });

  it('is left alone from the moment on at which it was killed often enough', async () => {
    const enough = new AbortController();
    startService();
    const looping = crashLoop(service, { signal: enough.signal, onKill: () => enough.abort() });
    expect(await looping).toBe(1);
    expect(await crashLoop(service, { signal: enough.signal })).toBe(0);
  });
});

const WOUNDS = [breakServiceDown, breakServiceHung, breakConfig];

describe('a service that can not be broken', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const isUntouched = (): void => {
    expect(readFileSync(service.configFile, 'utf8')).toBe(GOOD);
    expect(readdirSync(dir)).toEqual(['rag.yaml']);
  };

  it.each(WOUNDS)('is named when it does not run (%#)', async (wound) => {
    await expect(wound(service)).rejects.toThrow(NotRunningError);
    isUntouched();
  });

  it.each(WOUNDS)('is named when it ends in the moment before (%#)', async (wound) => {
    await expect(wound({ ...service, findPid: () => ENDED })).rejects.toThrow(NotRunningError);
    isUntouched();
  });

  it.each(WOUNDS)('is named with the reason when it belongs to another user (%#)', async (wound) => {
    const pid = startService();
    // Only root could make such a process, and root may kill it.
    jest.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });
    const breaking = wound(service);
    await expect(breaking).rejects.toThrow(LauncherError);
    await expect(breaking).rejects.toThrow(`rag (pid ${pid}) can't be broken: it belongs to another user`);
    isUntouched();
  });

  it('keeps the file that was spoiled before', async () => {
    startService();
    const { goodFile } = await breakConfig(service);
    const spoiled = readFileSync(service.configFile, 'utf8');
    await expect(breakConfig({ ...service, findPid: () => ENDED })).rejects.toThrow(NotRunningError);
    expect([readFileSync(service.configFile, 'utf8'), readFileSync(goodFile, 'utf8')]).toEqual([spoiled, GOOD]);
  });
});
