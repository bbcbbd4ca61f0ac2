import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listFromPs } from '../../scripts/infra/process.mjs';
import { endLeftovers, endLeftoverServers, killAll } from '../../scripts/launcher/leftovers.mjs';
import { isAlive } from './running-launcher.ts';
import { waitUntil } from '#libs/testing';

let dir: string;
let children: ChildProcess[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-leftovers-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** Starts it and waits until it says something. */
async function run(command: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child.pid ?? 0;
}

/** A program that stays, in the place of one of ours. */
function runScript(script: string, stateDir: string, ...args: string[]): Promise<number> {
  const file = join(dir, script);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'setInterval(() => {}, 1000); console.log("up");');
  return run(process.execPath, [file, ...args], { ZANTARA_STATE_DIR: stateDir });
}

const orchestratorFor = (stateDir: string): Promise<number> => runScript('dist/src/main.js', stateDir);

describe('endLeftovers', () => {
  it('ends an orchestrator of this state although nobody wrote it down', async () => {
    const pid = await orchestratorFor(dir);
    await endLeftovers(undefined, dir, () => {});
    expect(isAlive(pid)).toBe(false);
  });

  it("spares somebody else's orchestrator, even when it has a pid that was written down", async () => {
    const pid = await orchestratorFor(`${dir}-of-another`);
    await endLeftovers({ pids: { orchestrator: pid } }, dir, () => {});
    expect(isAlive(pid)).toBe(true);
  });
});

describe('endLeftoverServers', () => {
  it("spares whoever looks into a server's file", async () => {
    mkdirSync(join(dir, 'nats'));
    writeFileSync(join(dir, 'nats/nats.conf'), 'port: 1\n');
    const pid = await run('tail', ['-f', join(dir, 'nats/nats.conf')]);
    await endLeftoverServers({ pids: { nats: pid } }, dir, () => {});
    expect(isAlive(pid)).toBe(true);
  });
});

/** As on a system without /proc. */
const BY_PS = { listProcesses: listFromPs, environmentOf: (): undefined => undefined };

describe('without /proc', () => {
  const service = (stateDir: string): Promise<number> =>
    runScript('examples/ecosystem/memory/src/main.js', stateDir, join(stateDir, 'example/memory.yaml'));

  it('a service is killed that nobody wrote down, and one of another state is spared', async () => {
    const [ours, another] = [await service(join(dir, 'state')), await service(join(dir, 'state-of-another'))];
    killAll(undefined, join(dir, 'state'), BY_PS);
    await waitUntil(() => !isAlive(ours));
    expect(isAlive(another)).toBe(true);
  });

  it('the orchestrator is ended that was written down, and no other one', async () => {
    const [ours, another] = [await orchestratorFor(join(dir, 'state')), await orchestratorFor(join(dir, 'state'))];
    await endLeftovers({ pids: { orchestrator: ours } }, join(dir, 'state'), () => {}, BY_PS);
    expect([ours, another].map(isAlive)).toEqual([false, true]);
  });

  it('a program is spared that has a number which was written down', async () => {
    const pid = await runScript('somebody-elses.js', dir);
    await endLeftovers({ pids: { orchestrator: pid, memory: pid } }, dir, () => {}, BY_PS);
    expect(isAlive(pid)).toBe(true);
  });
});
