import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesOn, sendToGroup } from './running-launcher.ts';
import { waitUntil } from '#libs/testing';

/** It starts a PostgreSQL of its own beside the shared servers. */
const SPEC = 'libs/testing/src/postgres/start-private-postgres.integration.spec.ts';

let dir: string;
let tests: ChildProcess;

const listServers = (): string[] => processesOn(dir).filter((line) => / -D \S+\/data | -c \S+\/nats\.conf /.test(line));

const toTheGroup = (signal: NodeJS.Signals) => (): void => sendToGroup(tests, signal);

function killJest(): void {
  const jest = processesOn(dir).find((line) => line.includes('bin/jest.js'));
  if (jest === undefined) throw new Error('jest does not run');
  process.kill(Number.parseInt(jest, 10), 'SIGKILL');
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-interrupted-'));
  chmodSync(dir, 0o755); // PostgreSQL, which doesn't run as root, must get through
  const env = { ...process.env, TMPDIR: dir };
  tests = spawn('npm', ['test', '--', SPEC], { env, detached: true, stdio: 'ignore' });
  await waitUntil(() => listServers().length === 3, { withinMs: 60_000 });
}, 90_000);

afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('npm test', () => {
  it.each([
    ['Ctrl-C', toTheGroup('SIGINT')],
    ['SIGTERM', toTheGroup('SIGTERM')],
    ['the end of jest', killJest],
  ])(
    'leaves no server and no file behind after %s',
    async (_what, interrupt) => {
      interrupt();
      await waitUntil(() => tests.exitCode !== null);
      expect(tests.exitCode).not.toBe(0);
      expect(processesOn(dir)).toEqual([]);
      expect(readdirSync(dir)).toEqual([]);
    },
    60_000,
  );
});
