import type { JsonObject } from '#libs/contracts';
import { type EventMetadata, type LogPage, type NewEvent, type StoredEvent, UnknownSchemaVersionError } from '#libs/event-store';
import { createEventId } from './create-event-id.ts';
import { upcasters } from './upcasters.ts';

/** An event as the modules know it: its type and what it says. */
export interface DomainEvent {
  type: string;
  data: JsonObject;
}

/** A stored event whose type is one of a module's own. */
export type Recorded<E extends DomainEvent> = E extends DomainEvent ? Omit<StoredEvent, 'type' | 'data'> & E : never;

/** Gives an event its identity and its context, ready to be appended. */
export const toNewEvent = (event: DomainEvent, metadata: EventMetadata): NewEvent => ({
  id: createEventId(),
  type: event.type,
  schemaVersion: upcasters.newestVersion(event.type),
  data: event.data,
  metadata,
});

/**
 * Reads stored events as a module's own. This is the one place that trusts the log: what is in it was typed when it was
 * appended, is chained by hashes, and passed the upcasters.
 */
export const asRecorded = <E extends DomainEvent>(events: readonly StoredEvent[]): readonly Recorded<E>[] =>
  events as unknown as readonly Recorded<E>[];

/**
 * The events of a page without those that nobody can read.
 *
 * @throws UnknownSchemaVersionError where a newer release could: what it says may be what matters, so an older one waits
 */
export const readableOf = ({ events }: LogPage): readonly StoredEvent[] =>
  events.flatMap((event) => {
    if (!('unreadable' in event)) return [event];
    if (event.unreadable instanceof UnknownSchemaVersionError) throw event.unreadable;
    return [];
  });

/** Only the events of these types, typed. */
export function selectRecorded<E extends DomainEvent>(
  events: readonly StoredEvent[],
  types: readonly E['type'][],
): readonly Recorded<E>[] {
  const wanted: ReadonlySet<string> = new Set(types);
  return asRecorded<E>(events.filter(({ type }) => wanted.has(type)));
}
