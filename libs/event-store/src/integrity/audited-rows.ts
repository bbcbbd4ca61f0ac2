import { hash } from 'node:crypto';
import type { CopiedRow } from './copy-parser.ts';

/** An event, as far as the chain says something about it. */
export interface AuditedEvent {
  readonly position: number;
  readonly version: number;
  /** Microseconds since 1970. */
  readonly recordedAtUs: number;
  /** Of the content as it is stored now, in hexadecimal digits. */
  readonly leaf: string;
  /** The column by which stories are found says what the metadata says. */
  readonly isCorrelated: boolean;
}

/** A row of the chain. */
export interface AuditedBatch {
  readonly firstPosition: number;
  readonly lastPosition: number;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
  readonly recordedAtUs: number;
  readonly leaves: Buffer;
}

/** The first fields are for the audit, the last six are what the leaf covers, in its order. */
export const EVENT_COLUMNS = `position, version, recorded_at, correlation_id,
  stream, event_id::text, type, schema_version::text, payload, metadata`;
const [POSITION, VERSION, RECORDED_AT, CORRELATION_ID, FIRST_PART, METADATA] = [0, 1, 2, 3, 4, 9];

export const BATCH_COLUMNS = 'first_position, last_position, previous_hash, hash, recorded_at, leaves';

const CORRELATION = Buffer.from('"correlation_id":');
const QUOTE = 0x22;

/** Reads events one after another; the bytes that a leaf covers are put together in a buffer that it keeps. */
export class EventDecoder {
  #parts = Buffer.alloc(64 * 1024);

  decode(row: CopiedRow): AuditedEvent {
    return {
      position: row.int8(POSITION),
      version: row.int4(VERSION),
      recordedAtUs: row.timeUs(RECORDED_AT),
      leaf: this.#computeLeaf(row),
      isCorrelated: isCorrelated(row),
    };
  }

  /** As leaf-hash.ts says, from bytes as they are stored: to make texts of them first takes longer than to hash them. */
  #computeLeaf(row: CopiedRow): string {
    const most = row.end(METADATA) - row.start(FIRST_PART);
    if (most > this.#parts.length) this.#parts = Buffer.alloc(2 * most);
    const parts = this.#parts;
    let at = 0;
    for (let field = FIRST_PART; field <= METADATA; field += 1) {
      if (field > FIRST_PART) parts[at++] = 0;
      at += row.buffer.copy(parts, at, row.start(field), row.end(field));
    }
    return hash('sha256', parts.subarray(0, at), 'hex');
  }
}

function isCorrelated(row: CopiedRow): boolean {
  const metadata = row.view(METADATA);
  const place = metadata.indexOf(CORRELATION);
  if (place === -1) return row.isNull(CORRELATION_ID);
  if (row.isNull(CORRELATION_ID)) return readCorrelation(metadata) === undefined;
  const wanted = row.view(CORRELATION_ID);
  const start = place + CORRELATION.length + 1;
  const end = start + wanted.length;
  // The text as it is, where nothing in it had to be escaped.
  if (metadata[end] === QUOTE && wanted.equals(metadata.subarray(start, end))) return true;
  return readCorrelation(metadata) === wanted.toString('utf8');
}

function readCorrelation(metadata: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(metadata.toString('utf8'));
    return typeof value === 'object' && value !== null && 'correlation_id' in value ? value.correlation_id : undefined;
  } catch {
    return undefined;
  }
}

export function decodeBatch(row: CopiedRow): AuditedBatch {
  return {
    firstPosition: row.int8(0),
    lastPosition: row.int8(1),
    previousHash: Buffer.from(row.view(2)),
    hash: Buffer.from(row.view(3)),
    recordedAtUs: row.timeUs(4),
    leaves: Buffer.from(row.view(5)),
  };
}
