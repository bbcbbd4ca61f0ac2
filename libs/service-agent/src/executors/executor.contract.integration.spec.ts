import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort } from '#libs/testing';
import { SupervisedProcess } from '../runtime/supervised-process.ts';
import { RestartChildProcess } from './child-process/restart-child-process.ts';
import type { Executor } from './executor.ts';
import { ScriptedExecutor } from './in-memory/scripted-executor.ts';

interface Subject {
  readonly executor: Executor;
  /** How often the world was changed. */
  readonly effects: () => number;
  readonly dispose: () => Promise<void>;
}

async function createScripted(): Promise<Subject> {
  const executor = new ScriptedExecutor(async () => ({ succeeded: true, evidence: {} }));
  return { executor, effects: () => executor.ledger.length, dispose: async () => undefined };
}

async function createChildProcess(): Promise<Subject> {
  const directory = mkdtempSync(join(tmpdir(), 'zantara-executor-'));
  const port = await freePort();
  const ledger = join(directory, 'ledger');
  const process = new SupervisedProcess({
    serviceId: 'memory',
    spec: {
      command: globalThis.process.execPath,
      args: [resolve('test/service-agent/child-service.mjs')],
      cwd: undefined,
      env: { PORT: String(port), LEDGER: ledger, MODE_FILE: join(directory, 'mode') },
      inheritEnv: [],
    },
    directory,
    epoch: 'e',
  });
  const executor = new RestartChildProcess({
    process,
    healthUrl: `http://127.0.0.1:${port}/`,
    drainUrl: undefined,
    drainTimeoutMs: 1_000,
    readyTimeoutMs: 10_000,
    port,
    evidenceLines: 10,
  });
  const dispose = async (): Promise<void> => {
    await process.stop(0);
    rmSync(directory, { recursive: true, force: true });
  };
  const effects = (): number => (existsSync(ledger) ? readFileSync(ledger, 'utf8').trim().split('\n').length : 0);
  return { executor, effects, dispose };
}

/** What every executor keeps to, whatever it touches. */
describe.each([
  ['in memory', createScripted],
  ['child process', createChildProcess],
])('an executor: %s', (_, create) => {
  let subject: Subject | undefined;
  afterEach(() => subject?.dispose());
  const begin = async (): Promise<Subject> => (subject = await create());
  const request = {
    serviceId: 'memory',
    strategy: 'restart/service',
    parameters: { drain_deadline_ms: 100, readiness_deadline_ms: 10_000 },
  };
  const never = new AbortController().signal;

  it('plans without changing anything', async () => {
    const { executor, effects } = await begin();
    expect(executor.plan(request)).toMatchObject({ isPossible: true });
    expect(effects()).toBe(0);
  });

  it('refuses parameters that its strategy does not know', async () => {
    const { executor } = await begin();
    expect(executor.plan({ ...request, parameters: { path: '/etc' } })).toMatchObject({
      isPossible: false,
      reasonCode: 'invalid-parameters',
    });
  });

  it('runs dry without changing anything', async () => {
    const { executor, effects } = await begin();
    expect(await executor.dryRun(request)).toMatchObject({ obstacles: [] });
    expect(effects()).toBe(0);
  });

  it('executes once for each call, and says how it went', async () => {
    const { executor, effects } = await begin();
    expect(await executor.execute(request, never)).toMatchObject({ succeeded: true });
    expect(effects()).toBe(1);
    expect(await executor.execute(request, never)).toMatchObject({ succeeded: true });
    expect(effects()).toBe(2);
  });

  it('undoes, if it can, only what it is told to, once for each call, and not when it is cancelled', async () => {
    const { executor, effects } = await begin();
    const { undo } = executor;
    if (undo === undefined) return;
    expect(undo.plan(request)).toMatchObject({ isPossible: true });
    expect(undo.plan({ ...request, parameters: { path: '/etc' } })).toMatchObject({ reasonCode: 'invalid-parameters' });
    expect(await undo.execute(request, AbortSignal.abort())).toMatchObject({ succeeded: false, reasonCode: 'aborted' });
    expect(effects()).toBe(0);
    expect(await undo.execute(request, never)).toMatchObject({ succeeded: true });
    expect(effects()).toBe(1);
  });

  it('does nothing once it is cancelled', async () => {
    const { executor, effects } = await begin();
    expect(await executor.execute(request, AbortSignal.abort())).toMatchObject({ succeeded: false, reasonCode: 'aborted' });
    expect(effects()).toBe(0);
  });
});
