import { ZantaraError } from '#libs/contracts';
import { type LogPage, type StoredEvent, type UnreadableEvent, UnknownSchemaVersionError } from '#libs/event-store';
import { type CheckedOperation, checkOperation } from './checked-operation.ts';
import type { Projection } from './projection.ts';

/** A row operation, and which event it comes from. */
export interface PlacedOperation {
  readonly position: number;
  readonly operation: CheckedOperation;
}

/** From this event on a key is left alone: what follows for it would build on what is missing. */
export interface ParkedKey {
  readonly key: string;
  readonly position: number;
  readonly eventType: string;
  readonly reason: string;
}

export interface ProjectedPage {
  readonly operations: readonly PlacedOperation[];
  readonly parked: readonly ParkedKey[];
  /** Events that were left out because their key had been parked, by key. */
  readonly heldBack: ReadonlyMap<string, number>;
}

const MAX_REASON_CHARACTERS = 500;

/**
 * What the events of a page mean. Pure, and the same however the log is cut into pages: an event that can't be handled parks its
 * key, and what follows for this key is counted and left out.
 *
 * @param isParked keys that were parked before
 * @throws UnknownSchemaVersionError
 */
export function projectPage(
  projection: Projection,
  { events }: Pick<LogPage, 'events'>,
  isParked: (key: string) => boolean,
): ProjectedPage {
  const operations: PlacedOperation[] = [];
  const parked = new Map<string, ParkedKey>();
  const heldBack = new Map<string, number>();
  for (const event of events) {
    const key = projection.parkBy?.(event) ?? event.stream;
    if (isParked(key) || parked.has(key)) {
      heldBack.set(key, (heldBack.get(key) ?? 0) + 1);
      continue;
    }
    try {
      operations.push(...projectOne(projection, event));
    } catch (error) {
      // A newer release can read it. Who is older waits, and leaves the read model as it is.
      if (error instanceof UnknownSchemaVersionError) throw error;
      parked.set(key, { key, position: event.position, eventType: event.type, reason: describe(error) });
    }
  }
  return { operations, parked: [...parked.values()], heldBack };
}

function projectOne(projection: Projection, event: StoredEvent | UnreadableEvent): PlacedOperation[] {
  if ('unreadable' in event) throw event.unreadable;
  return projection
    .project(event)
    .map((operation) => ({ position: event.position, operation: checkOperation(projection, operation) }));
}

function describe(error: unknown): string {
  const text = error instanceof ZantaraError ? `${error.code}: ${error.message}` : String(error);
  return text.slice(0, MAX_REASON_CHARACTERS);
}
