import { setMaxListeners } from 'node:events';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  type ReaderCheckpoints,
  follow,
  runSubscription,
  type StoredEvent,
  type Subscription,
  UnknownSchemaVersionError,
  type WakeUpSource,
} from '#libs/event-store';
import { Clock } from '../clock.ts';
import { failpoint } from '../failpoint.ts';
import { AppLogger } from '../logging/app-logger.ts';
import { Log } from './log.ts';

export interface ReaderOptions {
  /** Where the progress is kept, if not beside the log. */
  readonly checkpoints?: ReaderCheckpoints;
  /** What comes in this time is handled together. */
  readonly minStepMs?: number;
}

export type LogHandler = (events: readonly StoredEvent[]) => Promise<void> | void;

/** The readers of the log in this process. Modules register theirs while they are made; all start and stop together. */
@Injectable()
export class LogSubscriptions implements OnApplicationBootstrap {
  private readonly stopping = new AbortController();
  private readonly waiting: (() => Subscription)[] = [];
  private readonly registered: string[] = [];
  private onWakeUp: WakeUpSource = () => () => undefined;
  private readHeadStartMs = (): number => 0;
  private outdated: string | undefined;
  private running: Subscription[] = [];

  constructor(
    private readonly log: Log,
    private readonly logger: AppLogger,
    private readonly clock: Clock,
  ) {
    // Every reader waits for it.
    setMaxListeners(0, this.stopping.signal);
  }

  /**
   * @param name of the checkpoint
   * @param handle gets every event in order, some perhaps twice
   */
  register(name: string, handle: LogHandler, { checkpoints = this.log.checkpoints, minStepMs = 0 }: ReaderOptions = {}): void {
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
        minStepMs,
        othersGoFirstAfter: () => this.findOthersStart(),
        onWakeUp: this.onWakeUp,
        onError: this.hear(name),
        onStep: (step) => failpoint(`reader.${step}`),
      }),
    );
  }

  /**
   * A reader that keeps its progress by itself.
   *
   * @param step takes in the next stretch; resolves to false when there is nothing to be had for now
   * @param minStepMs what comes in this time is taken in together; asked before each step
   */
  followBySteps(name: string, step: (signal: AbortSignal) => Promise<boolean>, minStepMs: () => number): void {
    this.waiting.push(() =>
      follow({
        step: () => step(this.stopping.signal),
        signal: this.stopping.signal,
        wakeUps: [(listener) => this.log.store.onAppended(listener), this.onWakeUp],
        minStepMs,
        onError: this.hear(name),
      }),
    );
  }

  private hear(reader: string): (error: unknown) => void {
    return (error) => {
      if (error instanceof UnknownSchemaVersionError) this.outdated ??= error.message;
      this.logger.problem('a reader of the log failed and tries again', error, { reader });
    };
  }

  /** Has every reader listen to a further source of wake-ups, such as what other processes append. */
  wakeOn(source: WakeUpSource): void {
    this.onWakeUp = source;
  }

  /** Has every reader leave to another orchestrator what is younger than the head start that this one gives it, in milliseconds. */
  giveHeadStart(read: () => number): void {
    this.readHeadStartMs = read;
  }

  /** What readers wait for that only a newer release can read; `undefined` where nothing is. */
  get outdatedBy(): string | undefined {
    return this.outdated;
  }

  /** 0 where no other orchestrator goes first. */
  get headStartMs(): number {
    return this.readHeadStartMs();
  }

  private findOthersStart(): Date | undefined {
    return this.headStartMs === 0 ? undefined : new Date(this.clock.nowMs() - this.headStartMs);
  }

  /** Of those that keep a checkpoint. */
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
