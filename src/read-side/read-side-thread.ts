import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AppLogger } from '../platform/logging/app-logger.ts';

/** Compiled or not, it is a file like this one. */
const SCRIPT = new URL(`../read-side.main${extname(import.meta.url)}`, import.meta.url);
const REST_MS = 1_000;

/**
 * Runs the read side on a thread of its own, so that no decision waits for read models or the feed. A thread that ends is started
 * again: both go on where they were, and meanwhile the guard that looks at the read models' lag holds every command back.
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

  /** Resolves when it has let go of everything. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.worker?.postMessage('stop');
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.runOnce();
      if (!signal.aborted) await sleep(REST_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async runOnce(): Promise<void> {
    const worker = this.start();
    this.worker = worker;
    worker.once('error', (error) => this.logger.problem('the read side failed and is started again', error));
    await new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.worker = undefined;
  }

  /** Without our own flags, which are for the process: it has a channel to whoever started it, and the thread has none. */
  protected start(): Worker {
    return new Worker(SCRIPT, { execArgv: ['--enable-source-maps'] });
  }
}
