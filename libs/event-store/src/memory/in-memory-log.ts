import { randomUUID } from 'node:crypto';
import { CHAIN_START, computeChainHash } from '../chain-hash.ts';
import type { EncodedCheck, EncodedRequest } from '../encoded-request.ts';
import type { EventRecord } from '../event-record.ts';
import type { AppendConflict, AppendResult, ExpectedVersion } from '../event-store.ts';

export interface MemoryRecord extends EventRecord {
  readonly correlationId: string | undefined;
  readonly leaf: Buffer;
}

export interface ChainRow {
  readonly firstPosition: number;
  readonly lastPosition: number;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
  readonly recordedAt: Date;
  /** Leaf hashes of the batch's events, in order. */
  readonly leaves: Buffer;
}

interface KnownKey {
  readonly contentHash: string;
  readonly firstPosition: number;
  readonly lastPosition: number;
}

/** What one transaction adds to the log. Nothing of it is visible before `commit`. */
export interface Batch {
  readonly records: MemoryRecord[];
  readonly keys: Map<string, KnownKey>;
  readonly heads: Map<string, number>;
  readonly results: AppendResult[];
  readonly recordedAt: Date;
}

/**
 * The log in memory, with the append split as a database transaction is: `stage` judges and numbers requests, `commit` makes
 * them visible. Whoever stages must hold the lane until the commit, just as the lane row is locked in PostgreSQL.
 */
export class InMemoryLog {
  readonly id: string = randomUUID();
  readonly records: MemoryRecord[] = [];
  readonly chain: ChainRow[] = [];
  readonly #keys = new Map<string, KnownKey>();
  readonly #heads = new Map<string, number>();

  get headPosition(): number {
    return this.records.length;
  }

  get chainHash(): Buffer {
    return this.chain.at(-1)?.hash ?? CHAIN_START;
  }

  stage(requests: readonly EncodedRequest[], now: Date): Batch {
    const last = this.chain.at(-1)?.recordedAt;
    const recordedAt = last !== undefined && last > now ? last : now;
    const batch: Batch = { records: [], keys: new Map(), heads: new Map(), results: [], recordedAt };
    for (const request of requests) batch.results.push(this.#judge(request, batch));
    return batch;
  }

  commit(batch: Batch): void {
    const first = batch.records[0];
    if (first === undefined) return;
    const previousHash = this.chainHash;
    this.chain.push({
      firstPosition: first.position,
      lastPosition: first.position + batch.records.length - 1,
      previousHash,
      hash: computeChainHash(previousHash, batch.recordedAt.getTime() * 1000, batch.records),
      recordedAt: batch.recordedAt,
      leaves: Buffer.concat(batch.records.map(({ leaf }) => leaf)),
    });
    for (const record of batch.records) this.records.push(record);
    for (const [id, key] of batch.keys) this.#keys.set(id, key);
    for (const [stream, version] of batch.heads) this.#heads.set(stream, version);
  }

  /** Known keys come first: a re-send is answered even if the streams have moved on since. */
  #judge(request: EncodedRequest, batch: Batch): AppendResult {
    const keyId = JSON.stringify([request.scope, request.key]);
    const known = batch.keys.get(keyId) ?? this.#keys.get(keyId);
    if (known) {
      if (known.contentHash !== request.contentHash) return { status: 'conflict', conflict: { reason: 'key-reused' } };
      return { status: 'repeated', firstPosition: known.firstPosition, lastPosition: known.lastPosition };
    }
    const conflict = this.#findConflict(request.checks, batch);
    if (conflict) return { status: 'conflict', conflict };
    const firstPosition = this.headPosition + batch.records.length + 1;
    this.#number(request, batch);
    const lastPosition = this.headPosition + batch.records.length;
    batch.keys.set(keyId, { contentHash: request.contentHash, firstPosition, lastPosition });
    return { status: 'appended', firstPosition, lastPosition, recordedAt: batch.recordedAt };
  }

  #findConflict(checks: readonly EncodedCheck[], batch: Batch): AppendConflict | undefined {
    for (const { stream, expected, reason } of checks) {
      const actual = this.#version(stream, batch);
      if (!isAsExpected(expected, actual)) return { reason, stream, expected, actual };
    }
    return undefined;
  }

  #number(request: EncodedRequest, batch: Batch): void {
    for (const { stream, events } of request.writes) {
      let version = this.#version(stream, batch);
      for (const event of events) {
        version += 1;
        const position = this.headPosition + batch.records.length + 1;
        const leaf = Buffer.from(event.leaf, 'hex');
        batch.records.push({ ...event, leaf, position, stream, version, recordedAt: batch.recordedAt });
      }
      batch.heads.set(stream, version);
    }
  }

  #version(stream: string, batch: Batch): number {
    return batch.heads.get(stream) ?? this.#heads.get(stream) ?? 0;
  }
}

function isAsExpected(expected: ExpectedVersion, actual: number): boolean {
  switch (expected) {
    case 'any':
      return true;
    case 'none':
      return actual === 0;
    case 'exists':
      return actual > 0;
    default:
      return actual === expected;
  }
}
