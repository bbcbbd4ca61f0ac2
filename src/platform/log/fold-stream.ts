import type { EventStore, ExpectedVersion } from '#libs/event-store';
import { asRecorded, type DomainEvent, type Recorded } from './domain-event.ts';

export interface Folded<S> {
  state: S;
  version: number;
}

/** Reads a stream whole and folds it. */
export const foldStream = <S, E extends DomainEvent>(
  store: EventStore,
  stream: string,
  initial: S,
  evolve: (state: S, event: Recorded<E>) => S,
): Promise<Folded<S>> => foldOn(store, stream, { state: initial, version: 0 }, evolve);

/** Reads what was appended to a stream since it was folded, and folds that too. */
export async function foldOn<S, E extends DomainEvent>(
  store: EventStore,
  stream: string,
  { state, version }: Folded<S>,
  evolve: (state: S, event: Recorded<E>) => S,
): Promise<Folded<S>> {
  const events = asRecorded<E>(await store.readStream(stream, { fromVersion: version + 1 }));
  return { state: events.reduce(evolve, state), version: events.at(-1)?.version ?? version };
}

/** The expectation that nothing was appended since a stream was folded. */
export const unchangedSince = ({ version }: { version: number }): ExpectedVersion => (version === 0 ? 'none' : version);
