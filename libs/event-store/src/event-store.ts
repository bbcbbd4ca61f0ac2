import type { JsonObject } from '#libs/contracts';

/** What a stream must look like: anything, absent, present, or exactly at this version. Versions start at 1; 0 means absent. */
export type ExpectedVersion = 'any' | 'none' | 'exists' | number;

/** What is known about an event besides its data. Every member is text; `correlation_id` is indexed. */
export interface EventMetadata {
  readonly actor: string;
  readonly correlation_id?: string | undefined;
  readonly causation_id?: string | undefined;
  readonly traceparent?: string | undefined;
  readonly [name: string]: string | undefined;
}

/** A fact to be appended. */
export interface NewEvent {
  /** A UUID in lower case; version 7, so that the index grows at one end. */
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: JsonObject;
  readonly metadata: EventMetadata;
}

/** A fact as the log holds it, brought to its newest schema version by the upcasters. */
export interface StoredEvent extends NewEvent {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly recordedAt: Date;
}

export interface StreamWrite {
  readonly stream: string;
  readonly expected: ExpectedVersion;
  readonly events: readonly NewEvent[];
}

/** A demand on a stream that the request doesn't have to write. */
export interface StreamCondition {
  readonly stream: string;
  readonly expected: ExpectedVersion;
}

/** Names a request for ever: the same key with the same content gets the first answer again, with other content it is refused. */
export interface IdempotencyKey {
  readonly scope: string;
  readonly key: string;
  /** SHA-256 of the content, 64 hexadecimal digits. */
  readonly contentHash: string;
}

/** One unit of appending: everything in it is stored, or nothing. A stream is written at most once per request. */
export interface AppendRequest {
  /** Without one, the id of the first event serves as the key, so that a retry after a lost connection is safe. */
  readonly idempotency?: IdempotencyKey;
  readonly writes: readonly StreamWrite[];
  readonly conditions?: readonly StreamCondition[];
}

export interface AppendSuccess {
  /** `repeated`: the key was known, and the positions are those of the first time. */
  readonly status: 'appended' | 'repeated';
  readonly firstPosition: number;
  readonly lastPosition: number;
  /** Absent for a repeated request. */
  readonly recordedAt?: Date | undefined;
}

export interface AppendConflict {
  readonly reason: 'wrong-version' | 'condition-failed' | 'key-reused';
  readonly stream?: string | undefined;
  readonly expected?: ExpectedVersion | undefined;
  /** The version of the stream when the request was judged; 0 when the stream doesn't exist. */
  readonly actual?: number | undefined;
}

export type AppendResult = AppendSuccess | { readonly status: 'conflict'; readonly conflict: AppendConflict };

export interface ReadStreamOptions {
  readonly fromVersion?: number;
  /** Only what comes after this position of the log; one of the stream's own is found at once, however long the stream is. */
  readonly after?: number;
  readonly limit?: number;
}

export interface ReadAllOptions {
  /** The last position that the reader has; 0 for the beginning. */
  readonly after: number;
  readonly limit: number;
  readonly types?: readonly string[];
  /** As for a page, where all types are wanted. */
  readonly follows?: boolean | undefined;
}

export interface ReadCorrelatedOptions {
  /** Of more events than this the middle is left out. */
  readonly limit: number;
  /** Of events of such a type that follow each other only the first and the last are read. */
  readonly thinned?: readonly string[];
}

export interface CorrelatedEvents {
  readonly events: readonly StoredEvent[];
  /** How many there are beside them. */
  readonly omitted: number;
}

/** An event that can't be brought to the form of today; what it holds stays in the log. */
export interface UnreadableEvent {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly recordedAt: Date;
  readonly unreadable: Error;
}

export interface ReadPageOptions {
  /** The last position that the reader has; 0 for the beginning. */
  readonly after: number;
  /** How many positions the page covers at most. */
  readonly limit: number;
  /** All of them unless told. */
  readonly types?: readonly string[];
  /**
   * The reader asks again as soon as it is told of something new. If this process has anything for it, that is the answer: the log is
   * asked for more when somebody else was heard to have appended, or there is nothing. Unless told, the answer has all that was
   * committed before the question.
   */
  readonly follows?: boolean | undefined;
}

/** A stretch of the log without a hole, with those of its events that are wanted. */
export interface LogPage {
  /** Where the stretch ends: the position after which the reader goes on. */
  readonly last: number;
  readonly events: readonly (StoredEvent | UnreadableEvent)[];
}

export interface LogHead {
  /** 0 when nothing was ever appended. */
  readonly position: number;
  readonly recordedAt: Date | undefined;
  /** Hash of the chain up to here, hexadecimal. */
  readonly chainHash: string;
}

/** The log: dense positions 1..N, appended to in order, never changed. */
export interface EventStore {
  /**
   * Appends all events of the request or none. Concurrent requests share one commit; a refused one doesn't harm the others.
   *
   * @throws AppendQueueFullError, LogUnavailableError, AppendOutcomeUnknownError: try again, with the same request.
   * @throws InvalidAppendError for a request that can never be stored.
   */
  append(request: AppendRequest): Promise<AppendResult>;
  /** Events of one stream in order; none if it doesn't exist. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<StoredEvent[]>;
  /**
   * Events after a position, ascending. Without `types` the answer has no holes: a gap means corruption.
   *
   * @throws LogCorruptedError
   */
  readAll(options: ReadAllOptions): Promise<StoredEvent[]>;
  /**
   * The wanted events of the next stretch. Unlike with `readAll` the others cost next to nothing, it is known that none is missing,
   * and one that can't be read is told instead of failing all of them.
   *
   * @throws LogCorruptedError
   */
  readPage(options: ReadPageOptions): Promise<LogPage>;
  /** The events with this `correlation_id`, ascending, from its first one to its last. */
  readCorrelated(correlationId: string, options: ReadCorrelatedOptions): Promise<CorrelatedEvents>;
  /** The events at these positions, ascending; positions that don't exist are left out. */
  readPositions(positions: readonly number[]): Promise<StoredEvent[]>;
  head(): Promise<LogHead>;
  /** The last position recorded at or before a time; 0 if there is none. */
  positionAt(time: Date): Promise<number>;
  /** Identity of this log, made with its tables; fences carry it. */
  logId(): Promise<string>;
  /** Calls the listener after each commit of this process with the new head. A hint: it may be lost, so poll as well. */
  onAppended(listener: (head: number) => void): () => void;
  /** Another process was heard to have appended: whoever follows the log is told of it with the next answer. */
  noteForeignAppend(): void;
  /** Lets what was accepted finish, then lets go of all connections. */
  close(): Promise<void>;
}

/** Where readers of the log stand. */
export interface ReaderCheckpoints {
  /** The last position that was handled; 0 for a reader that never ran. */
  load(name: string): Promise<number>;
  /** Moves from one position to a later one, only if the checkpoint is still where the caller believes it to be. */
  advance(name: string, from: number, to: number): Promise<boolean>;
  /** How far somebody who has come to a position may say so; as far as that unless told. */
  findSafe?(position: number): number;
}

export interface Checkpoints extends ReaderCheckpoints {
  /** Of every reader that has ever moved. */
  loadAll(): Promise<ReadonlyMap<string, number>>;
}
