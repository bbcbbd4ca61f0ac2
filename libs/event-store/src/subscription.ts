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
  /**
   * Where somebody else goes first: events that were recorded after this moment are left to him, and how far he has come is learned
   * from the checkpoint. Asked before each step.
   */
  readonly othersGoFirstAfter?: () => Date | undefined;
  /** A further source of wake-ups, such as the head that other processes announce. */
  readonly onWakeUp?: WakeUpSource;
  /** Hears of each step before the next one is taken, for tests that break it there. */
  readonly onStep?: (step: SubscriptionStep) => Promise<unknown> | undefined;
}

/** `handled`: a page was handled, and that is not stored; `checkpointed`: it is. */
export type SubscriptionStep = 'handled' | 'checkpointed';

/** Progress is stored as often at most: each time costs as much as handling a few events, and a crash only has them handled again. */
const STORE_EVERY_MS = 500;

/** Who goes behind another one looks as often at most. */
const BEHIND_STEP_MS = 1_000;

/** Follows the log from a checkpoint: every event, in order, at least once. */
export function runSubscription(options: SubscriptionOptions): Subscription {
  const { store, onError, signal, pollMs = 1_000, minStepMs = 0, onWakeUp, othersGoFirstAfter } = options;
  const progress = new Progress(options);
  const { stopped } = follow({
    step: () => takeStep(options, progress),
    onError,
    signal,
    wakeUps: [(listener) => store.onAppended(listener), ...(onWakeUp === undefined ? [] : [onWakeUp])],
    pollMs: () => Math.min(pollMs, progress.dueInMs),
    minStepMs: () => (othersGoFirstAfter?.() === undefined ? minStepMs : BEHIND_STEP_MS),
  });
  return { stopped: stopped.then(() => progress.store().catch(onError)) };
}

/** Whether there may be more. What is appended after the log was read wakes the reader. */
async function takeStep(options: SubscriptionOptions, progress: Progress): Promise<boolean> {
  const { store, handle, signal, batchSize = 500, othersGoFirstAfter } = options;
  const ours = othersGoFirstAfter?.();
  if (ours !== undefined) await progress.catchUp();
  else if (progress.dueInMs <= 0) await progress.store();
  const from = await progress.find();
  const read = await store.readAll({ after: from, limit: batchSize, follows: true });
  const events = ours === undefined ? read : read.filter(({ recordedAt }) => recordedAt <= ours);
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
    this.#storedAtMs = performance.now();
    const safe = checkpoints.findSafe?.(handled) ?? handled;
    if (safe <= this.#stored) return;
    this.#handled = undefined;
    if (!(await checkpoints.advance(name, this.#stored, safe))) return;
    await onStep?.('checkpointed');
    this.#stored = safe;
    this.#handled = handled;
  }

  /** Goes on where somebody else has come to, if that is further. */
  async catchUp(): Promise<void> {
    await this.store();
    const { checkpoints, name } = this.options;
    const handled = this.#handled ?? (await this.find());
    this.#stored = await checkpoints.load(name);
    this.#handled = Math.max(handled, this.#stored);
  }

  async #load(): Promise<number> {
    const { store, checkpoints, name } = this.options;
    const checkpoint = await checkpoints.load(name);
    const head = await store.head();
    if (checkpoint > head.position) throw new CheckpointAheadError(name, checkpoint, head.position);
    return checkpoint;
  }
}
