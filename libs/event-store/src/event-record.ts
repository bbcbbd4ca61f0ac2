import type { JsonObject } from '#libs/contracts';
import type { EventMetadata, StoredEvent, UnreadableEvent } from './event-store.ts';
import { LogCorruptedError } from './event-store.errors.ts';
import type { Upcasters } from './upcasters.ts';

/** One row of the log, as both implementations keep it. */
export interface EventRecord {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly payload: string;
  readonly metadata: string;
  readonly recordedAt: Date;
}

/** Makes the event that readers get from a row: texts parsed, data upcast. */
export function decodeRecord(record: EventRecord, upcasters: Upcasters): StoredEvent {
  const { position, stream, version, id, type, recordedAt } = record;
  const stored = parseObject(record.payload, position);
  const metadata = parseObject(record.metadata, position);
  if (!isMetadata(metadata)) throw new LogCorruptedError(`the metadata at position ${position} is not that of an event`);
  return { position, stream, version, id, type, metadata, recordedAt, ...upcasters.upcast(type, record.schemaVersion, stored) };
}

/** As `decodeRecord`, with what is wrong instead of an error. */
export function tryDecodeRecord(record: EventRecord, upcasters: Upcasters): StoredEvent | UnreadableEvent {
  try {
    return decodeRecord(record, upcasters);
  } catch (error) {
    const { position, stream, version, type, recordedAt } = record;
    const unreadable = error instanceof Error ? error : new Error(String(error));
    return { position, stream, version, type, recordedAt, unreadable };
  }
}

function parseObject(text: string, position: number): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isJsonObject(value)) throw new LogCorruptedError(`the text at position ${position} is not a JSON object`);
  return value;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMetadata(value: JsonObject): value is JsonObject & EventMetadata {
  return typeof value['actor'] === 'string' && Object.values(value).every((member) => typeof member === 'string');
}

/**
 * Holds the versions of a stream's events to be dense. After a position the first one is not known beforehand.
 *
 * @throws LogCorruptedError
 */
export function assertDenseStream(
  stream: string,
  events: readonly StoredEvent[],
  { fromVersion, after }: { fromVersion: number; after: number },
): void {
  const versions = events.map((event) => event.version);
  const first = after === 0 ? Math.max(1, fromVersion) : (versions[0] ?? 1);
  assertDense(`version of ${stream}`, versions, first);
}

/** @throws LogCorruptedError unless the numbers are `first`, `first + 1`, … */
export function assertDense(what: string, numbers: readonly number[], first: number): void {
  numbers.forEach((number, index) => {
    if (number !== first + index) throw new LogCorruptedError(`${what} ${first + index} is missing, ${number} comes instead`);
  });
}
