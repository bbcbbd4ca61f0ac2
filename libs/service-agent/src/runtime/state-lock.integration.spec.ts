import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

/** Takes every lock that it can get, each at its moment, and holds them until its input ends. */
const RACER = `
  import { lockStateDirectory } from ${JSON.stringify(resolve('libs/service-agent/src/runtime/state-lock.ts'))};
  import { createInterface } from 'node:readline';
  const race = ({ startAt, directories }) => directories.filter((directory, index) => {
    while (Date.now() < startAt + 2 * index);
    try {
      return lockStateDirectory(directory) !== undefined;
    } catch (error) {
      if (error.code === 'state-directory-in-use') return false;
      throw error;
    }
  });
  console.log('ready');
  for await (const line of createInterface(process.stdin)) console.log(JSON.stringify(race(JSON.parse(line))));
`;
const RACERS = 2;
const DIRECTORIES = 400;

describe('lockStateDirectory', () => {
  let dir: string;
  let racers: ChildProcess[];

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'zantara-lock-'));
    const flags = ['--import', resolve('scripts/typescript-loader.mjs'), '--conditions=source', '--input-type=module'];
    racers = Array.from({ length: RACERS }, () =>
      spawn(process.execPath, [...flags, '-e', RACER], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
  });
  afterEach(() => {
    for (const racer of racers) racer.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });

  it.each<[string, string | undefined]>([
    ['that nobody had', undefined],
    ['of an agent that is gone', '999999999 1'],
  ])('gives a lock %s to one of several agents that start at once', async (_, stale) => {
    const directories = Array.from({ length: DIRECTORIES }, (__, index) => join(dir, `${index}`));
    for (const directory of directories) {
      mkdirSync(directory);
      if (stale !== undefined) writeFileSync(join(directory, 'agent.lock'), stale);
    }
    const lines = racers.map(({ stdout }) => createInterface(stdout ?? process.stdin)[Symbol.asyncIterator]());
    await Promise.all(lines.map((line) => line.next()));
    const order = `${JSON.stringify({ startAt: Date.now() + 50, directories })}\n`;
    for (const { stdin } of racers) stdin?.write(order);
    const answers = await Promise.all(lines.map((line) => line.next()));
    const won = answers.flatMap(({ value }) => JSON.parse(String(value)) as string[]);
    expect(won.toSorted()).toEqual(directories.toSorted());
  });
});
