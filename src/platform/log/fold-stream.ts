import type { EventStore, ExpectedVersion } from '#libs/event-store';
import { asRecorded, type DomainEvent, type Recorded } from './domain-event.ts';

export interface Folded<S> {
  state: S;
  version: number;
}

/** Reads a stream whole and folds it. */
export async function foldStream<S, E extends DomainEvent>(
  store: EventStore,
  stream: string,
  initial: S,
  evolve: (state: S, event: Recorded<E>) => S,
): Promise<Folded<S>> {
  const events = asRecorded<E>(await store.readStream(stream));
  return { state: events.reduce(evolve, initial), version: events.at(-1)?.version ?? 0 };
}

/** The expectation that nothing was appended since a stream was folded. */
export const unchangedSince = ({ version }: { version: number }): ExpectedVersion => (version === 0 ? 'none' : version);
