import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Checkpoints, runSubscription, type StoredEvent, type Subscription } from '#libs/event-store';
import { AppLogger } from '../logging/app-logger.ts';
import { Log } from './log.ts';

export type LogHandler = (events: readonly StoredEvent[]) => Promise<void> | void;

/** The readers of the log in this process. Modules register theirs while they are made; all start and stop together. */
@Injectable()
export class LogSubscriptions implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly waiting: (() => Subscription)[] = [];
  private running: Subscription[] = [];

  constructor(
    private readonly log: Log,
    private readonly logger: AppLogger,
  ) {}

  /**
   * @param name of the checkpoint
   * @param handle gets every event in order, some perhaps twice
   * @param checkpoints where the progress is kept, if not beside the log
   */
  register(name: string, handle: LogHandler, checkpoints: Checkpoints = this.log.checkpoints): void {
    this.waiting.push(() =>
      runSubscription({
        store: this.log.store,
        checkpoints,
        name,
        handle,
        signal: this.stopping.signal,
        onError: (error) => this.logger.problem('a reader of the log failed and tries again', error, { reader: name }),
      }),
    );
  }

  onApplicationBootstrap(): void {
    this.running = this.waiting.map((start) => start());
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running.map(({ stopped }) => stopped));
  }
}
