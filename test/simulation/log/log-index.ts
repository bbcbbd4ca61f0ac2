import type { InMemoryEventStore, StoredEvent } from '#libs/event-store';

const NONE: readonly StoredEvent[] = [];

/** The events of a log as readers see them, decoded once for all readers, and by stream. */
export class LogIndex {
  readonly events: StoredEvent[] = [];
  private readonly streams = new Map<string, StoredEvent[]>();

  constructor(private readonly log: InMemoryEventStore['log']) {}

  /** Takes in what was appended; tells what that is. */
  catchUp(): readonly StoredEvent[] {
    const from = this.events.length;
    for (const record of this.log.records.slice(from)) {
      const { position, stream, version, id, type, schemaVersion, recordedAt } = record;
      const data = JSON.parse(record.payload) as StoredEvent['data'];
      const metadata = JSON.parse(record.metadata) as StoredEvent['metadata'];
      const event = { position, stream, version, id, type, schemaVersion, data, metadata, recordedAt };
      this.events.push(event);
      const known = this.streams.get(stream);
      if (known === undefined) this.streams.set(stream, [event]);
      else known.push(event);
    }
    return this.events.slice(from);
  }

  stream(name: string): readonly StoredEvent[] {
    return this.streams.get(name) ?? NONE;
  }
}
