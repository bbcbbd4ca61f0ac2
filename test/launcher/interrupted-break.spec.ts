import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { PretendedRun, STAYS } from './pretended-run.ts';
import { isAlive } from './running-launcher.ts';
import { waitUntil } from '#libs/testing';

let run: PretendedRun;
let looping: ChildProcess;
let output: string;

beforeEach(async () => {
  run = new PretendedRun();
  const agent = await run.runAgent(run.write('dist/examples/ecosystem/rag/src/main.js', STAYS));
  await run.writeDown(agent.pid);
  output = '';
  looping = spawn(process.execPath, ['scripts/break.mjs', 'crash-loop', '--service', 'rag'], {
    env: { ...process.env, ZANTARA_STATE_DIR: run.stateDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [looping.stdout, looping.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await waitUntil(() => output.includes(`killed rag: kill -9 ${agent.says}`));
  expect(isAlive(agent.says)).toBe(false);
});
afterEach(() => {
  looping.kill('SIGKILL');
  run.end();
});

describe('npm run break -- crash-loop', () => {
  it('has its last word although one Ctrl-C reaches it three times', async () => {
    for (let delivery = 0; delivery < 3; delivery++) looping.kill('SIGINT');
    await waitUntil(() => looping.exitCode !== null || looping.signalCode !== null);
    expect([looping.exitCode, looping.signalCode]).toEqual([0, null]);
    expect(output).toContain('ended after 1 kills: from now on rag may live');
  });
});
