import { assertDense } from './event-record.ts';
import type { ReaderCheckpoints, EventStore, StoredEvent } from './event-store.ts';
import { CheckpointAheadError } from './event-store.errors.ts';
import { follow, type Subscription, type WakeUpSource } from './follow.ts';

export interface SubscriptionOptions {
  readonly store: Pick<EventStore, 'readAll' | 'head' | 'onAppended'>;
  readonly checkpoints: ReaderCheckpoints;
  /** Name of the checkpoint. */
  readonly name: string;
  /** Handles the events in order. It may see events again after a crash or a failure, never with one left out. */
  readonly handle: (events: readonly StoredEvent[]) => Promise<void> | void;
  /** Hears every failure; the subscription goes on trying by itself. */
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
  readonly batchSize?: number;
  readonly pollMs?: number;
  /** Who isn't behind takes the next step no sooner after the one before: what comes in this time is handled together. */
  readonly minStepMs?: number;
  /** A further source of wake-ups, such as the head that other processes announce. */
  readonly onWakeUp?: WakeUpSource;
  /** Hears of each step before the next one is taken, for tests that break it there. */
  readonly onStep?: (step: SubscriptionStep) => Promise<unknown> | undefined;
}

/** `handled`: a page was handled, and that is not stored; `checkpointed`: it is. */
export type SubscriptionStep = 'handled' | 'checkpointed';

/** Progress is stored as often at most: each time costs as much as handling a few events, and a crash only has them handled again. */
const STORE_EVERY_MS = 500;

/** Follows the log from a checkpoint: every event, in order, at least once. */
export function runSubscription(options: SubscriptionOptions): Subscription {
  const { store, onError, signal, pollMs = 1_000, minStepMs = 0, onWakeUp } = options;
  const progress = new Progress(options);
  const { stopped } = follow({
    step: () => takeStep(options, progress),
    onError,
    signal,
    wakeUps: [(listener) => store.onAppended(listener), ...(onWakeUp === undefined ? [] : [onWakeUp])],
    pollMs: () => Math.min(pollMs, progress.dueInMs),
    minStepMs,
  });
  return { stopped: stopped.then(() => progress.store().catch(onError)) };
}

/** Whether there may be more. What is appended after the log was read wakes the reader. */
async function takeStep(options: SubscriptionOptions, progress: Progress): Promise<boolean> {
  const { store, handle, signal, batchSize = 500 } = options;
  if (progress.dueInMs <= 0) await progress.store();
  const from = await progress.find();
  const events = await store.readAll({ after: from, limit: batchSize, follows: true });
  const last = events.at(-1)?.position;
  if (last === undefined || signal.aborted) return false;
  assertDense(
    'position',
    events.map((event) => event.position),
    from + 1,
  );
  await progress.during(async () => {
    await handle(events);
    await options.onStep?.('handled');
    return last;
  });
  return events.length >= batchSize;
}

/** How far a reader is, and how far it is known to be. */
class Progress {
  /** Unknown until it is asked for: at first, after a failure, and when somebody else has moved it. */
  #handled: number | undefined;
  #stored = 0;
  #storedAtMs = 0;

  constructor(private readonly options: SubscriptionOptions) {}

  /** How long until it is to be stored; never while nothing is new. */
  get dueInMs(): number {
    if (this.#handled === undefined || this.#handled === this.#stored) return Infinity;
    return Math.max(0, this.#storedAtMs + STORE_EVERY_MS - performance.now());
  }

  /** Up to where everything is handled. */
  async find(): Promise<number> {
    this.#handled ??= this.#stored = await this.#load();
    return this.#handled;
  }

  /** Until the work has ended nothing is known: after a failure it is asked for again. */
  async during(work: () => Promise<number>): Promise<void> {
    this.#handled = undefined;
    this.#handled = await work();
  }

  async store(): Promise<void> {
    const handled = this.#handled;
    if (handled === undefined || handled === this.#stored) return;
    const { checkpoints, name, onStep } = this.options;
    this.#handled = undefined;
    if (!(await checkpoints.advance(name, this.#stored, handled))) return;
    await onStep?.('checkpointed');
    this.#handled = this.#stored = handled;
    this.#storedAtMs = performance.now();
  }

  async #load(): Promise<number> {
    const { store, checkpoints, name } = this.options;
    const checkpoint = await checkpoints.load(name);
    const head = await store.head();
    if (checkpoint > head.position) throw new CheckpointAheadError(name, checkpoint, head.position);
    return checkpoint;
  }
}
