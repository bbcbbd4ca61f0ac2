import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type Checkpoints, runSubscription, type StoredEvent, type Subscription } from '#libs/event-store';
import { Clock } from '../clock.ts';
import { AppLogger } from '../logging/app-logger.ts';
import { Log } from './log.ts';

export type LogHandler = (events: readonly StoredEvent[]) => Promise<void> | void;

/** Calls the listener when there may be something new. Returns how to leave. */
export type WakeUpSource = (listener: () => void) => () => void;

/** The readers of the log in this process. Modules register theirs while they are made; all start and stop together. */
@Injectable()
export class LogSubscriptions implements OnApplicationBootstrap {
  private readonly stopping = new AbortController();
  private readonly waiting: (() => Subscription)[] = [];
  private readonly registered: string[] = [];
  private onWakeUp: WakeUpSource = () => () => undefined;
  private running: Subscription[] = [];

  constructor(
    private readonly log: Log,
    private readonly logger: AppLogger,
    private readonly clock: Clock,
  ) {}

  /**
   * @param name of the checkpoint
   * @param handle gets every event in order, some perhaps twice
   * @param checkpoints where the progress is kept, if not beside the log
   */
  register(name: string, handle: LogHandler, checkpoints: Checkpoints = this.log.checkpoints): void {
    this.registered.push(name);
    this.waiting.push(() =>
      runSubscription({
        store: this.log.store,
        checkpoints,
        name,
        handle: (events) => {
          const latest = events.at(-1);
          if (latest !== undefined) this.clock.catchUpWith(latest.recordedAt);
          return handle(events);
        },
        signal: this.stopping.signal,
        onWakeUp: this.onWakeUp,
        onError: (error) => this.logger.problem('a reader of the log failed and tries again', error, { reader: name }),
      }),
    );
  }

  /** Has every reader listen to a further source of wake-ups, such as what other processes append. */
  wakeOn(source: WakeUpSource): void {
    this.onWakeUp = source;
  }

  get names(): readonly string[] {
    return this.registered;
  }

  onApplicationBootstrap(): void {
    this.running = this.waiting.map((start) => start());
  }

  /** Resolves when the last handler has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running.map(({ stopped }) => stopped));
  }
}
