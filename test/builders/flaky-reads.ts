import { InMemoryEventStore, LogUnavailableError, type StoredEvent } from '#libs/event-store';

/** A store that counts who reads a stream, and can't be read while the test wants that. */
export class FlakyReads extends InMemoryEventStore {
  reads = 0;
  isAway = false;

  override readStream(...question: Parameters<InMemoryEventStore['readStream']>): Promise<StoredEvent[]> {
    this.reads += 1;
    return this.isAway ? Promise.reject(new LogUnavailableError('away')) : super.readStream(...question);
  }
}
