import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing';
import { RecordingLogger } from '../../test/builders/recording-logger.ts';
import { ReadSideThread } from './read-side-thread.ts';

const UNTIL_TOLD = `require('node:worker_threads').parentPort.once('message', () => process.exit(0))`;
const DEAF = `setInterval(() => undefined, 1000); require('node:worker_threads').parentPort.once('message', () => undefined)`;
const ENDS = `process.exit(7)`;
const FAILS = `throw new Error('no database')`;

class ScriptedThread extends ReadSideThread {
  readonly workers: Worker[] = [];

  constructor(
    private readonly scripts: string[],
    readonly recorded = new RecordingLogger(),
  ) {
    super(recorded);
  }

  protected override start(): Worker {
    const worker = new Worker(this.scripts.shift() ?? UNTIL_TOLD, { eval: true });
    this.workers.push(worker);
    return worker;
  }
}

let thread: ScriptedThread | undefined;
afterEach(() => thread?.beforeApplicationShutdown());

describe('the thread of the read side', () => {
  it.each([
    [FAILS, 'no database'],
    [ENDS, 'it ended with code 7'],
  ])('is started again when it ends, and why it ended is told: %s', async (script, message) => {
    const started = (thread = new ScriptedThread([script]));
    started.onApplicationBootstrap();
    await waitUntil(() => started.workers.length === 2);
    expect(started.recorded.problems).toMatchObject([{ message: expect.stringContaining('read side'), error: { message } }]);
  });

  it('is ended when it does not stop', async () => {
    const started = (thread = new ScriptedThread([DEAF]));
    started.onApplicationBootstrap();
    await started.beforeApplicationShutdown();
    expect([started.workers.length, started.workers[0]?.threadId]).toEqual([1, -1]);
  }, 15_000);

  it('is told to stop, and has ended when that is done', async () => {
    const started = (thread = new ScriptedThread([]));
    started.onApplicationBootstrap();
    const [worker] = started.workers;
    let hasEnded = false;
    worker?.once('exit', () => (hasEnded = true));
    await started.beforeApplicationShutdown();
    expect([started.workers.length, hasEnded]).toEqual([1, true]);
  });
});
