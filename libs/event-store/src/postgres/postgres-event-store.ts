import type { Pool } from 'pg';
import { AppendedListeners } from '../appended-listeners.ts';
import { encodeRequest } from '../encoded-request.ts';
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
  UnreadableEvent,
} from '../event-store.ts';
import { SharedReads } from '../shared-reads.ts';
import { Upcasters } from '../upcasters.ts';
import { AppendConnection } from './append-connection.ts';
import { AppendQueue, type AppendQueueLimits } from '../append-queue.ts';
import { createPool, type PoolOptions } from './connection-pool.ts';
import { EventReader, type WantedStream } from './event-reader.ts';
import { LogTail } from './log-tail.ts';
import { PartitionKeeper } from './partition-keeper.ts';

export interface PostgresEventStoreOptions extends PoolOptions {
  /** To read with; it stays its owner's, who ends it after the store. Without one the store makes its own. */
  readonly pool?: Pool;
  readonly upcasters?: Upcasters;
  readonly limits?: Partial<AppendQueueLimits>;
  /** Hears how many characters of an event were stored as U+FFFD because PostgreSQL can't hold them. */
  readonly onReplaced?: (characters: number) => void;
  /** Hears of each step of an append before the next one is taken, for tests that break it there. */
  readonly onStep?: (step: AppendStep) => Promise<unknown> | undefined;
}

/** `appending`: a batch is about to be sent; `committed`: it is stored, and nobody was answered. */
export type AppendStep = 'appending' | 'committed';

/** The event store in PostgreSQL: one connection appends, a pool reads. */
export class PostgresEventStore implements EventStore {
  /** For what else is done in this database, such as checkpoints. */
  readonly pool: Pool;
  readonly #ownsPool: boolean;
  readonly #reader: EventReader;
  readonly #streamReads: SharedReads<WantedStream, StoredEvent[]>;
  readonly #tail: LogTail;
  readonly #queue: AppendQueue;
  readonly #connection: AppendConnection;
  readonly #partitions: PartitionKeeper;
  readonly #listeners = new AppendedListeners();
  readonly #onReplaced: (characters: number) => void;
  #closed: Promise<void> | undefined;

  /** Connects on first use, so it can be made while the database is away. */
  constructor(options: PostgresEventStoreOptions) {
    this.#ownsPool = options.pool === undefined;
    this.pool = options.pool ?? createPool(options);
    this.#reader = new EventReader(this.pool, options.upcasters ?? new Upcasters());
    this.#streamReads = new SharedReads((wanted) => this.#reader.readStreams(wanted));
    this.#tail = new LogTail((after, most) => this.#reader.readOn(after, most));
    this.#connection = new AppendConnection(options);
    this.#onReplaced = options.onReplaced ?? ((): void => {});
    this.#partitions = new PartitionKeeper(this.pool, options.onConnectionError ?? ((): void => {}));
    this.#queue = new AppendQueue(async (requests) => {
      await options.onStep?.('appending');
      const { results, head, hasAppended, records } = await this.#connection.append(requests);
      await options.onStep?.('committed');
      this.#tail.add(head, () => records().map((record) => this.#reader.toPiece(record)));
      if (hasAppended) this.#listeners.notify(head);
      this.#partitions.keepAhead(head);
      return results;
    }, options.limits);
  }

  /** Events that wait for their commit; a measure of back-pressure. */
  get waitingEvents(): number {
    return this.#queue.waitingEvents;
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    const encoded = encodeRequest(request);
    const result = await this.#queue.add(encoded);
    if (result.status === 'appended' && encoded.replaced > 0) this.#onReplaced(encoded.replaced);
    return result;
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<StoredEvent[]> {
    const { fromVersion = 1, after, limit } = options;
    const isPage = after !== undefined || limit !== undefined;
    return isPage ? this.#reader.readStream(stream, options) : this.#streamReads.read({ stream, fromVersion });
  }

  async readAll({ after, limit, types, follows }: ReadAllOptions): Promise<StoredEvent[]> {
    if (types !== undefined) return this.#reader.readTypes({ after, limit, types });
    const { events } = await this.readPage({ after, limit, follows });
    return events.map(assertReadable);
  }

  async readPage(options: ReadPageOptions): Promise<LogPage> {
    const kept = await this.#tail.readPage(options);
    if (kept !== undefined) return kept;
    const page = await this.#reader.readPage(options);
    // Whoever has come to the end goes on from there.
    if (page.last < options.after + options.limit) this.#tail.beginAfter(page.last);
    return page;
  }

  noteForeignAppend(): void {
    this.#tail.noteAppended();
  }

  async readCorrelated(correlationId: string, options: ReadCorrelatedOptions): Promise<CorrelatedEvents> {
    return this.#reader.readCorrelated(correlationId, options);
  }

  async readPositions(positions: readonly number[]): Promise<StoredEvent[]> {
    return this.#reader.readPositions(positions);
  }

  async head(): Promise<LogHead> {
    return this.#reader.head();
  }

  async positionAt(time: Date): Promise<number> {
    return this.#reader.positionAt(time);
  }

  async logId(): Promise<string> {
    return this.#reader.logId();
  }

  onAppended(listener: (head: number) => void): () => void {
    return this.#listeners.add(listener);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#queue.close();
    await this.#connection.close();
    await this.#partitions.settled();
    if (this.#ownsPool) await this.pool.end();
  }
}

function assertReadable(event: StoredEvent | UnreadableEvent): StoredEvent {
  if ('unreadable' in event) throw event.unreadable;
  return event;
}
