import { AppendedListeners } from '../appended-listeners.ts';
import { encodeRequest } from '../encoded-request.ts';
import { assertDense, assertDenseStream, decodeRecord, tryDecodeRecord } from '../event-record.ts';
import type {
  AppendRequest,
  AppendResult,
  CorrelatedEvents,
  EventStore,
  LogHead,
  LogPage,
  ReadAllOptions,
  ReadCorrelatedOptions,
  ReadPageOptions,
  ReadStreamOptions,
  StoredEvent,
} from '../event-store.ts';
import { LogUnavailableError } from '../event-store.errors.ts';
import { Upcasters } from '../upcasters.ts';
import { InMemoryLog, type MemoryRecord } from './in-memory-log.ts';

export interface InMemoryEventStoreOptions {
  readonly upcasters?: Upcasters;
  readonly now?: () => Date;
  /** Hears how many characters of an event were stored as U+FFFD because PostgreSQL can't hold them. */
  readonly onReplaced?: (characters: number) => void;
  /** The log to work on; several stores on one log are like several processes on one database. */
  readonly log?: InMemoryLog;
}

/** The twin of the PostgreSQL store for tests: same answers, no durability. */
export class InMemoryEventStore implements EventStore {
  readonly log: InMemoryLog;
  readonly #listeners = new AppendedListeners();
  readonly #upcasters: Upcasters;
  readonly #now: () => Date;
  readonly #onReplaced: (characters: number) => void;
  #isClosed = false;

  constructor(options: InMemoryEventStoreOptions = {}) {
    this.#upcasters = options.upcasters ?? new Upcasters();
    this.#now = options.now ?? ((): Date => new Date());
    this.#onReplaced = options.onReplaced ?? ((): void => {});
    this.log = options.log ?? new InMemoryLog();
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    if (this.#isClosed) throw new LogUnavailableError('the event store is closed');
    const encoded = encodeRequest(request);
    const batch = this.log.stage([encoded], this.#now());
    this.log.commit(batch);
    if (batch.records.length > 0) this.#listeners.notify(this.log.headPosition);
    const [result] = batch.results;
    if (result === undefined) throw new LogUnavailableError('the log gave no answer');
    if (result.status === 'appended' && encoded.replaced > 0) this.#onReplaced(encoded.replaced);
    return result;
  }

  async readStream(stream: string, { fromVersion = 1, after = 0, limit }: ReadStreamOptions = {}): Promise<StoredEvent[]> {
    const found = this.log.records.slice(after).filter((record) => record.stream === stream && record.version >= fromVersion);
    const events = this.#decode(found.slice(0, limit));
    assertDenseStream(stream, events, { fromVersion, after });
    return events;
  }

  async readAll({ after, limit, types }: ReadAllOptions): Promise<StoredEvent[]> {
    if (types) return this.#decode(this.#pick((record) => record.position > after && types.includes(record.type), limit));
    const events = this.#decode(this.log.records.slice(after, after + limit));
    assertDense(
      'position',
      events.map((event) => event.position),
      after + 1,
    );
    return events;
  }

  async readPage({ after, limit, types }: ReadPageOptions): Promise<LogPage> {
    const stretch = this.log.records.slice(after, after + limit);
    const wanted = stretch.filter((record) => types?.includes(record.type) ?? true);
    return { last: after + stretch.length, events: wanted.map((record) => tryDecodeRecord(record, this.#upcasters)) };
  }

  async readCorrelated(correlationId: string, options: ReadCorrelatedOptions): Promise<CorrelatedEvents> {
    const story = this.log.records.filter((record) => record.correlationId === correlationId);
    const told = thinOut(story, options);
    return { events: this.#decode(told), omitted: story.length - told.length };
  }

  async readPositions(positions: readonly number[]): Promise<StoredEvent[]> {
    const wanted = new Set(positions);
    return this.#decode(this.#pick((record) => wanted.has(record.position), wanted.size));
  }

  async head(): Promise<LogHead> {
    return {
      position: this.log.headPosition,
      recordedAt: this.log.chain.at(-1)?.recordedAt,
      chainHash: this.log.chainHash.toString('hex'),
    };
  }

  async positionAt(time: Date): Promise<number> {
    return this.log.chain.findLast((row) => row.recordedAt <= time)?.lastPosition ?? 0;
  }

  async logId(): Promise<string> {
    return this.log.id;
  }

  /** Nobody else can append to it, and all of it is at hand. */
  noteForeignAppend(): void {}

  onAppended(listener: (head: number) => void): () => void {
    return this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #pick(matches: (record: MemoryRecord) => boolean, limit: number): MemoryRecord[] {
    return this.log.records.filter(matches).slice(0, limit);
  }

  #decode(records: readonly MemoryRecord[]): StoredEvent[] {
    return records.map((record) => decodeRecord(record, this.#upcasters));
  }
}

function thinOut(story: readonly MemoryRecord[], { limit, thinned = [] }: ReadCorrelatedOptions): MemoryRecord[] {
  const isLike = (type: string, neighbour: MemoryRecord | undefined): boolean => neighbour?.type === type;
  const told = story.filter(
    ({ type }, index) => !thinned.includes(type) || !isLike(type, story[index - 1]) || !isLike(type, story[index + 1]),
  );
  const surplus = Math.max(0, told.length - limit);
  return told.toSpliced(Math.floor(limit / 2), surplus);
}
