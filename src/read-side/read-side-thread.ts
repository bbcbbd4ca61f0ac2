import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AppLogger } from '../platform/logging/app-logger.ts';

/** Compiled or not, it is a file like this one. */
const SCRIPT = new URL(`../read-side.main${extname(import.meta.url)}`, import.meta.url);
const REST_MS = 2_000;
/** It only follows: what it could not end in this time it does again at the next start. */
const STOP_WITHIN_MS = 5_000;

/**
 * Runs the read side on a thread of its own, so that no decision waits for read models or the feed. A thread that ends is started
 * again: both go on where they were, and the guard that looks at the read models' lag holds every command back once that is long.
 */
@Injectable()
export class ReadSideThread implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private worker: Worker | undefined;

  constructor(private readonly logger: AppLogger) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  /** Resolves when it has let go of everything, or was ended: it may wait for servers that are away. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.worker?.postMessage('stop');
    const timer = setTimeout(() => void this.worker?.terminate(), STOP_WITHIN_MS);
    await this.running;
    clearTimeout(timer);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const error = await this.runOnce().catch((failure: unknown) => failure);
      if (signal.aborted) return;
      this.logger.problem('the read side ended and is started again', error);
      await sleep(REST_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Resolves when it has ended, with why. */
  private runOnce(): Promise<unknown> {
    const worker = this.start();
    this.worker = worker;
    let cause: unknown;
    worker.on('error', (error) => (cause ??= error));
    return new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.worker = undefined;
        resolve(cause ?? new Error(`it ended with code ${code}`));
      });
    });
  }

  /** Without our own flags, which are for the process: it has a channel to whoever started it, and the thread has none. */
  protected start(): Worker {
    return new Worker(SCRIPT, { execArgv: [] });
  }
}
