import { type EventRecord, tryDecodeRecord } from '../event-record.ts';
import type { Upcasters } from '../upcasters.ts';
import type { TailEvent, TailPiece } from './log-tail.ts';

/** An event of the log that is decoded when the first one wants it, and then once for all. */
export class LazyEvent implements TailPiece {
  readonly position: number;
  readonly size: number;
  readonly #upcasters: Upcasters;
  #kept: { record: EventRecord } | { event: TailEvent };

  constructor(record: EventRecord, upcasters: Upcasters) {
    this.position = record.position;
    this.size = record.payload.length + record.metadata.length;
    this.#upcasters = upcasters;
    this.#kept = { record };
  }

  get event(): TailEvent {
    if ('event' in this.#kept) return this.#kept.event;
    const event = tryDecodeRecord(this.#kept.record, this.#upcasters);
    this.#kept = { event };
    return event;
  }
}
