import { assertDense } from './event-record.ts';
import type { Checkpoints, EventStore, StoredEvent } from './event-store.ts';
import { CheckpointAheadError } from './event-store.errors.ts';
import { follow, type Subscription, type WakeUpSource } from './follow.ts';

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
  /** A further source of wake-ups, such as the head that other processes announce. */
  readonly onWakeUp?: WakeUpSource;
}

/** Follows the log from a checkpoint: every event, in order, at least once. */
export function runSubscription(options: SubscriptionOptions): Subscription {
  const { store, onError, signal, pollMs, onWakeUp } = options;
  let checkpoint: number | undefined;
  const step = async (): Promise<boolean> => {
    const known = checkpoint;
    // Until this step has ended nothing is known: after a failure it is asked for again.
    checkpoint = undefined;
    const from = known ?? (await loadCheckpoint(options));
    checkpoint = await handleNext(options, from);
    return checkpoint !== from;
  };
  return follow({
    step,
    onError,
    signal,
    wakeUps: [(listener) => store.onAppended(listener), ...(onWakeUp === undefined ? [] : [onWakeUp])],
    ...(pollMs !== undefined && { pollMs }),
  });
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
