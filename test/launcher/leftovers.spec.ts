import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftovers, endLeftoverServers } from '../../scripts/launcher/leftovers.mjs';
import { isAlive } from './running-launcher.ts';

let dir: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-leftovers-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** Starts it and waits until it says something. */
async function run(command: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise((resolve) => child?.stdout?.once('data', resolve));
  return child.pid ?? 0;
}

describe('endLeftovers', () => {
  const orchestratorFor = (stateDir: string): Promise<number> => {
    mkdirSync(join(dir, 'dist/src'), { recursive: true });
    writeFileSync(join(dir, 'dist/src/main.js'), 'setInterval(() => {}, 1000); console.log("up");');
    return run(process.execPath, [join(dir, 'dist/src/main.js')], { ZANTARA_STATE_DIR: stateDir });
  };

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
