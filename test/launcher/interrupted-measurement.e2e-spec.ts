import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesOn, sendToGroup } from './running-launcher.ts';
import { waitUntil } from '#libs/testing';

let dir: string;
let measurement: ChildProcess;

const areServersUp = (): boolean => {
  const lines = processesOn(dir);
  return [/ -D \S+\/data /, / -c \S+\/nats\.conf /, / dist\/src\/main\.js/].every((server) =>
    lines.some((line) => server.test(line)),
  );
};

/** Whoever would clean up. */
function killMeasure(): void {
  const found = processesOn(dir).find((line) => line.includes('scripts/measure.mjs'));
  if (found === undefined) throw new Error('measure.mjs does not run');
  process.kill(Number.parseInt(found, 10), 'SIGKILL');
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-interrupted-'));
  chmodSync(dir, 0o755); // PostgreSQL, which doesn't run as root, must get through
  const args = ['run', 'wounds', '--', 'service-down', '--rounds', '1'];
  measurement = spawn('npm', args, { env: { ...process.env, TMPDIR: dir }, detached: true, stdio: 'ignore' });
  await waitUntil(areServersUp, { withinMs: 60_000 });
}, 90_000);
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('a measurement', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves nothing behind after %s, and says that it was stopped',
    async (signal) => {
      sendToGroup(measurement, signal);
      await waitUntil(() => measurement.exitCode !== null, { withinMs: 60_000 });
      expect(measurement.exitCode).toBe(130);
      expect(processesOn(dir)).toEqual([]);
      expect(readdirSync(dir)).toEqual([]);
    },
    90_000,
  );

  it('leaves nothing behind when whoever cleans up is killed', async () => {
    killMeasure();
    await waitUntil(() => processesOn(dir).length === 0, { withinMs: 60_000 });
    expect(readdirSync(dir)).toEqual([]);
  }, 90_000);
});
