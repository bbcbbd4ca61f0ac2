import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { alive, commandLine, listFromPs, listProcesses, type RunningProcess } from '../../scripts/infra/process.mjs';
import { findChild } from '../../scripts/launcher/leftovers.mjs';

const ARGUMENTS = ['-e', 'setInterval(() => {}, 1000)', 'examples/ecosystem/rag/src/main.js'];
const WAYS: [string, () => RunningProcess[]][] = [
  ['/proc', listProcesses],
  ['ps', listFromPs],
];

let child: ChildProcess;

beforeEach(async () => {
  child = spawn(process.execPath, ARGUMENTS, { stdio: 'ignore' });
  await once(child, 'spawn');
});
afterEach(() => {
  child.kill('SIGKILL');
});

describe.each(WAYS)('what runs here, from %s', (_way, list) => {
  it('is told with its parent and its arguments', () => {
    const found = list().find(({ pid }) => pid === child.pid);
    expect(found?.parent).toBe(process.pid);
    expect(found?.arguments.join(' ')).toBe([process.execPath, ...ARGUMENTS].join(' '));
  });

  it('is found by its parent and its script, and not below another parent', () => {
    expect(findChild(process.pid, 'rag/src/main.js', list())).toBe(child.pid);
    expect(findChild(process.pid, 'memory/src/main.js', list())).toBeUndefined();
    expect(findChild(process.ppid, 'rag/src/main.js', list())).toBeUndefined();
  });

  it('is told no more when it has ended', async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(list().some(({ pid }) => pid === child.pid)).toBe(false);
    expect(alive(child.pid ?? 0)).toBe(false);
    expect(commandLine(child.pid ?? 0)).toEqual([]);
  });
});
