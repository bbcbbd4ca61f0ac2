import { hash } from 'node:crypto';
import { CHAIN_START } from '../chain-hash.ts';
import type { AuditedBatch, AuditedEvent } from './audited-rows.ts';
import type { Findings } from './finding.ts';

const HASH_BYTES = 32;
/** The hash of the batch before and the time. */
const START_BYTES = HASH_BYTES + 8;
const LINK_BYTES = 16 + HASH_BYTES;

/** What a batch builds on. */
type End = Pick<AuditedBatch, 'firstPosition' | 'lastPosition' | 'hash' | 'recordedAtUs'>;
const BEGINNING: End = { firstPosition: 0, lastPosition: 0, hash: CHAIN_START, recordedAtUs: Number.NEGATIVE_INFINITY };

/**
 * Audits events and chain as they go by, both in order of position; knows no more than the batch that is open and the one before.
 * A changed row is told from a changed chain: content is compared with the leaf that the chain holds, and the chain's leaves with
 * its hashes.
 */
export class ChainAudit {
  readonly #findings: Findings;
  readonly #onBatch: (batch: AuditedBatch) => void;
  #waiting: readonly AuditedBatch[] = [];
  #open = 0;
  #links = Buffer.alloc(64 * 1024);
  #linked = 0;
  #before = BEGINNING;
  #next = 1;

  /** @param onBatch hears of each row of the chain, when its events have gone by */
  constructor(findings: Findings, onBatch: (batch: AuditedBatch) => void) {
    this.#findings = findings;
    this.#onBatch = onBatch;
  }

  /** The end of the chain so far. */
  get end(): End {
    return this.#before;
  }

  /** The batches of the events that come next. Those of the last ones must have been closed. */
  takeBatches(batches: readonly AuditedBatch[]): void {
    this.#waiting = batches;
    this.#open = 0;
  }

  takeEvent(event: AuditedEvent): void {
    const { position } = event;
    if (position < this.#next) return this.#findings.add('event-misplaced', { from: position });
    this.closeThrough(position - 1);
    this.#skipTo(position);
    this.#next = position + 1;
    const batch = this.#waiting[this.#open];
    if (batch && position >= batch.firstPosition) this.#compare(event, batch);
  }

  /** No event up to here is to come any more. */
  closeThrough(position: number): void {
    for (let batch = this.#waiting[this.#open]; batch && batch.lastPosition <= position; batch = this.#waiting[this.#open]) {
      this.#close(batch);
      this.#open += 1;
    }
  }

  /** No event is to come any more, and up to the head there should be some. */
  finish(head: number): void {
    const [from, through] = [this.#before.lastPosition + 1, this.#next - 1];
    if (from <= through) this.#findings.add('batch-missing', { from, through });
    this.#skipTo(head + 1);
  }

  #skipTo(position: number): void {
    if (position > this.#next) this.#findings.add('event-missing', { from: this.#next, through: position - 1 });
    this.#next = Math.max(this.#next, position);
  }

  #compare(event: AuditedEvent, { firstPosition, leaves, recordedAtUs }: AuditedBatch): void {
    const { position } = event;
    const start = (position - firstPosition) * HASH_BYTES;
    const leaf = leaves.subarray(start, start + HASH_BYTES);
    if (leaf.toString('hex') !== event.leaf) this.#findings.add('event-changed', { from: position });
    if (event.recordedAtUs !== recordedAtUs) this.#findings.add('event-time', { from: position });
    if (!event.isCorrelated) this.#findings.add('event-correlation', { from: position });
    this.#link(event, leaf);
  }

  /** What the hash of the batch covers of an event. */
  #link({ position, version }: AuditedEvent, leaf: Buffer): void {
    let at = START_BYTES + this.#linked * LINK_BYTES;
    if (at + LINK_BYTES > this.#links.length) this.#links = Buffer.concat([this.#links], 2 * this.#links.length);
    at = writeInt8(this.#links, position, at);
    at = writeInt8(this.#links, version, at);
    leaf.copy(this.#links, at);
    this.#linked += 1;
  }

  #close(batch: AuditedBatch): void {
    const { firstPosition: from, lastPosition: through } = batch;
    this.#skipTo(through + 1);
    this.#checkPlace(batch);
    if (batch.recordedAtUs < this.#before.recordedAtUs) this.#findings.add('batch-time', { from, through });
    if (!this.#isAsHashed(batch)) this.#findings.add('batch-changed', { from, through });
    this.#linked = 0;
    this.#before = batch;
    this.#onBatch(batch);
  }

  /** Batches follow each other without a hole, and each builds on the hash of the one before. */
  #checkPlace({ firstPosition: from, lastPosition: through, previousHash }: AuditedBatch): void {
    const before = this.#before;
    const missing = { from: before.lastPosition + 1, through: from - 1 };
    if (missing.from <= missing.through) this.#findings.add('batch-missing', missing);
    else if (from <= before.lastPosition) this.#findings.add('batch-doubled', { from, through });
    else if (before !== BEGINNING && !previousHash.equals(before.hash))
      this.#findings.add('batch-rehashed', { from: before.firstPosition, through: before.lastPosition });
  }

  #isAsHashed(batch: AuditedBatch): boolean {
    const count = batch.lastPosition - batch.firstPosition + 1;
    if (batch.leaves.length !== count * HASH_BYTES) return false;
    if (this.#before === BEGINNING && !batch.previousHash.equals(CHAIN_START)) return false;
    // Where an event is missing, so is its version, without which the hash can't be computed; that it is missing was said.
    return this.#linked !== count || this.#hasOwnHash(batch);
  }

  #hasOwnHash(batch: AuditedBatch): boolean {
    // A time beyond what is read exactly was set by hand.
    if (!Number.isSafeInteger(batch.recordedAtUs)) return false;
    batch.previousHash.copy(this.#links, 0, 0, HASH_BYTES);
    this.#links.writeBigInt64BE(BigInt(batch.recordedAtUs), HASH_BYTES);
    const bytes = this.#links.subarray(0, START_BYTES + this.#linked * LINK_BYTES);
    return hash('sha256', bytes, 'hex') === batch.hash.toString('hex');
  }
}

function writeInt8(target: Buffer, value: number, at: number): number {
  target.writeInt32BE(Math.floor(value / 0x1_0000_0000), at);
  return target.writeUInt32BE(value % 0x1_0000_0000, at + 4);
}
