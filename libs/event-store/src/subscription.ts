import { computeBackOffMs } from './back-off.ts';
import { assertDense } from './event-record.ts';
import type { Checkpoints, EventStore, StoredEvent } from './event-store.ts';
import { CheckpointAheadError } from './event-store.errors.ts';
import { WakeUp } from './wake-up.ts';

export interface SubscriptionOptions {
  readonly store: Pick<EventStore, 'readAll' | 'head' | 'onAppended'>;
  readonly checkpoints: Checkpoints;
  /** Name of the checkpoint. */
  readonly name: string;
  /** Handles the events in order. It may see events again after a crash or a failure, never with one left out. */
  readonly handle: (events: readonly StoredEvent[]) => Promise<void> | void;
  /** Hears every failure; the subscription goes on trying by itself. */
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
  readonly batchSize?: number;
  readonly pollMs?: number;
  /** A further source of wake-ups, such as the head that other processes announce. Returns how to leave it. */
  readonly onWakeUp?: (listener: () => void) => () => void;
}

export interface Subscription {
  /** Resolves once the signal was given and the last handler call has ended. */
  readonly stopped: Promise<void>;
}

const RETRY = { firstMs: 50, maxMs: 5_000 };

/**
 * Follows the log from a checkpoint: every event, in order, at least once. Wake-ups make it quick, polling makes it sure.
 * A failing handler or store is tried again for ever with back-off, because going on would skip an event.
 */
export function runSubscription(options: SubscriptionOptions): Subscription {
  const wakeUp = new WakeUp(options.signal);
  const leave = [options.store.onAppended(wakeUp.wake), options.onWakeUp?.(wakeUp.wake)];
  const stopped = follow(options, wakeUp).finally(() => {
    for (const off of leave) off?.();
  });
  return { stopped };
}

async function follow(options: SubscriptionOptions, wakeUp: WakeUp): Promise<void> {
  const { signal, pollMs = 1_000 } = options;
  let checkpoint: number | undefined;
  let failures = 0;
  while (!signal.aborted) {
    wakeUp.clear();
    try {
      const from = checkpoint ?? (await loadCheckpoint(options));
      checkpoint = await handleNext(options, from);
      failures = 0;
      if (checkpoint === from) await wakeUp.wait(pollMs);
    } catch (error) {
      checkpoint = undefined;
      failures += 1;
      options.onError(error);
      await wakeUp.rest(computeBackOffMs(failures, RETRY));
    }
  }
}

async function loadCheckpoint({ store, checkpoints, name }: SubscriptionOptions): Promise<number> {
  const checkpoint = await checkpoints.load(name);
  const head = await store.head();
  if (checkpoint > head.position) throw new CheckpointAheadError(name, checkpoint, head.position);
  return checkpoint;
}

/** The new checkpoint; undefined when somebody else moved it, so that it must be loaded again. */
async function handleNext(options: SubscriptionOptions, from: number): Promise<number | undefined> {
  const { store, checkpoints, name, handle, signal, batchSize = 500 } = options;
  const events = await store.readAll({ after: from, limit: batchSize });
  const last = events.at(-1)?.position;
  if (last === undefined || signal.aborted) return from;
  assertDense(
    'position',
    events.map((event) => event.position),
    from + 1,
  );
  await handle(events);
  return (await checkpoints.advance(name, from, last)) ? last : undefined;
}
