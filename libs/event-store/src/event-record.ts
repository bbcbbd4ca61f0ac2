import type { JsonObject } from '#libs/contracts';
import type { EventMetadata, StoredEvent } from './event-store.ts';
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
  const stored: JsonObject = JSON.parse(record.payload);
  const metadata: EventMetadata = JSON.parse(record.metadata);
  return { position, stream, version, id, type, metadata, recordedAt, ...upcasters.upcast(type, record.schemaVersion, stored) };
}

/** @throws LogCorruptedError unless the numbers are `first`, `first + 1`, … */
export function assertDense(what: string, numbers: readonly number[], first: number): void {
  numbers.forEach((number, index) => {
    if (number !== first + index) throw new LogCorruptedError(`${what} ${first + index} is missing, ${number} comes instead`);
  });
}
