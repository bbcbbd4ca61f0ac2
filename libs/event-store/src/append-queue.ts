import { setImmediate as nextTurn } from 'node:timers/promises';
import { computeBackOffMs } from './back-off.ts';
import type { EncodedRequest } from './encoded-request.ts';
import type { AppendResult } from './event-store.ts';
import { AppendOutcomeUnknownError, AppendQueueFullError, LogCorruptedError, LogUnavailableError } from './event-store.errors.ts';
import { WakeUp } from './wake-up.ts';

export interface AppendQueueLimits {
  /** Events that may be accepted and not yet answered; more are refused, so that the sender holds them back. */
  readonly maxWaitingEvents: number;
  readonly maxWaitingBytes: number;
  /** What goes into one commit at most, unless a single request is larger. */
  readonly batchEvents: number;
  readonly batchBytes: number;
  /** How long a request is tried while the database is away. */
  readonly giveUpAfterMs: number;
}

const DEFAULT_LIMITS: AppendQueueLimits = {
  maxWaitingEvents: 20_000,
  maxWaitingBytes: 64 * 1024 * 1024,
  // To write them takes many times as long as to commit them, and while one batch is written the next is made ready.
  batchEvents: 500,
  batchBytes: 4 * 1024 * 1024,
  giveUpAfterMs: 10_000,
};
/** To write as many events takes as long as to commit them. A smaller batch gains more from company than from going at once. */
const MANY = 100;
const RETRY = { firstMs: 20, maxMs: 1_000 };

/** Stores a batch in one transaction and answers each request in order. */
export type StoreBatch = (requests: readonly EncodedRequest[]) => Promise<readonly AppendResult[]>;

interface Waiting {
  readonly request: EncodedRequest;
  readonly since: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
  /** Set once a commit of this request was under way when the connection was lost. */
  isInDoubt: boolean;
}

/**
 * Coalesces concurrent appends without making any of them wait: a request that finds the log idle goes alone, and while its
 * commit is in flight the next batch gathers. One batch is in flight at a time, because the lane lock allows no more.
 * A batch that fails for want of a database is tried again as it is; every request has a key, so this never stores twice.
 */
export class AppendQueue {
  readonly #store: StoreBatch;
  readonly #limits: AppendQueueLimits;
  readonly #closing = new AbortController();
  readonly #rest = new WakeUp(this.#closing.signal);
  #waiting: Waiting[] = [];
  #waitingEvents = 0;
  #waitingBytes = 0;
  #failures = 0;
  #running: Promise<void> | undefined;

  constructor(store: StoreBatch, limits: Partial<AppendQueueLimits> = {}) {
    this.#store = store;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  get waitingEvents(): number {
    return this.#waitingEvents;
  }

  async add(request: EncodedRequest): Promise<AppendResult> {
    if (this.#closing.signal.aborted) throw new LogUnavailableError('the event store is closed');
    if (this.#isFullFor(request)) throw new AppendQueueFullError(this.#waitingEvents);
    this.#waitingEvents += request.eventCount;
    this.#waitingBytes += request.bytes;
    try {
      return await new Promise<AppendResult>((resolve, reject) => {
        this.#waiting.push({ request, since: performance.now(), resolve, reject, isInDoubt: false });
        this.#running ??= this.#run();
      });
    } finally {
      this.#waitingEvents -= request.eventCount;
      this.#waitingBytes -= request.bytes;
    }
  }

  /** Refuses new requests, and gives those already accepted one last try. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  #isFullFor({ eventCount, bytes }: EncodedRequest): boolean {
    const { maxWaitingEvents, maxWaitingBytes } = this.#limits;
    // A single request larger than the queue is let in when the queue is empty; it could never be stored otherwise.
    if (this.#waitingEvents === 0) return false;
    return this.#waitingEvents + eventCount > maxWaitingEvents || this.#waitingBytes + bytes > maxWaitingBytes;
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // what is added in the same turn of the event loop goes together
    while (this.#waiting.length > 0) await this.#storeNext(this.#takeBatch());
    this.#running = undefined;
  }

  #takeBatch(): Waiting[] {
    let events = 0;
    let bytes = 0;
    const end = this.#waiting.findIndex(({ request }, index) => {
      events += request.eventCount;
      bytes += request.bytes;
      return index > 0 && (events > this.#limits.batchEvents || bytes > this.#limits.batchBytes);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #storeNext(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#storeTogether(batch);
    } catch (error) {
      if (isUnavailable(error)) await this.#tryAgain(batch, error);
      else if (batch.length > 1 && !(error instanceof LogCorruptedError)) await this.#separate(batch);
      else for (const { reject } of batch) reject(error);
    }
  }

  async #storeTogether(batch: readonly Waiting[]): Promise<void> {
    const results = await this.#store(batch.map((entry) => entry.request));
    this.#failures = 0;
    if (this.#hasManyWaiting()) {
      // The next batch is under way before those who are answered now prepare their next requests, beside the database's work.
      setImmediate(answer, batch, results);
    } else {
      const isAlone = batch.length + this.#waiting.length === 1;
      answer(batch, results);
      if (!isAlone) await nextTurn();
    }
  }

  /** Whether the next batch is large enough to go without those who are just being answered. */
  #hasManyWaiting(): boolean {
    return this.#waiting.length >= MANY || this.#waiting.reduce((sum, { request }) => sum + request.eventCount, 0) >= MANY;
  }

  /** The requests go back to the front, in order, except those whose time is up. */
  async #tryAgain(batch: readonly Waiting[], error: unknown): Promise<void> {
    this.#failures += 1;
    const now = performance.now();
    const again: Waiting[] = [];
    for (const entry of batch) {
      entry.isInDoubt ||= error instanceof AppendOutcomeUnknownError;
      const isOver = this.#closing.signal.aborted || now - entry.since >= this.#limits.giveUpAfterMs;
      if (isOver) entry.reject(entry.isInDoubt ? new AppendOutcomeUnknownError(error) : error);
      else again.push(entry);
    }
    this.#waiting.unshift(...again);
    await this.#rest.rest(computeBackOffMs(this.#failures, RETRY));
  }

  /** One request that the database refuses must not take the others with it. */
  async #separate(batch: readonly Waiting[]): Promise<void> {
    for (const [index, entry] of batch.entries()) {
      try {
        await this.#storeTogether([entry]);
      } catch (error) {
        // The database went away: the rest waits for it together, not each in its turn.
        if (isUnavailable(error)) return this.#tryAgain(batch.slice(index), error);
        entry.reject(error);
      }
    }
  }
}

function answer(batch: readonly Waiting[], results: readonly AppendResult[]): void {
  batch.forEach((entry, index) => {
    const result = results[index];
    if (result) entry.resolve(result);
    else entry.reject(new LogUnavailableError('the log gave no answer'));
  });
}

function isUnavailable(error: unknown): boolean {
  return error instanceof LogUnavailableError || error instanceof AppendOutcomeUnknownError;
}
