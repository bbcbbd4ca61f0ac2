import { createHash } from 'node:crypto';
import type { ChainRow, CheckFrame, LogRecord } from '../evidence.ts';
import { type Law, violation } from '../law.ts';
import type { Violation } from '../violation.ts';

/**
 * Leaf of an event, as libs/event-store/src/leaf-hash.ts documents its bytes. Computed anew here: the function that wrote it
 * would agree with itself also when it is wrong.
 */
const computeLeaf = ({ stream, id, type, schemaVersion, payload, metadata }: LogRecord): string =>
  createHash('sha256').update([stream, id, type, schemaVersion, payload, metadata].join('\0'), 'utf8').digest('hex');

const leafAt = (leaves: string, index: number): string => leaves.slice(index * 64, (index + 1) * 64);

/** Hash of a batch, as libs/event-store/src/chain-hash.ts documents its bytes. */
function computeBatchHash({ previousHash, recordedAtUs, leaves }: ChainRow, batch: readonly LogRecord[]): string {
  const toHex = (value: number): string => BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, '0');
  const links = batch.map(({ position, version }, index) => toHex(position) + toHex(version) + leafAt(leaves, index));
  return createHash('sha256')
    .update(Buffer.from(previousHash + toHex(recordedAtUs) + links.join(''), 'hex'))
    .digest('hex');
}

const toChanged = ({ position }: LogRecord): Violation =>
  violation('chain-broken', 'an event is not what its hash says', { positions: [position] });

const toMoved = ({ position }: LogRecord): Violation =>
  violation('chain-broken', 'an event has another time than its batch', { positions: [position] });

const START = '00'.repeat(32);

/** `chain-broken`: the stored texts give the leaves of their batch, those and its time its hash, and the last hash is that of the head. */
export function createChainLaw({ head }: CheckFrame): Law {
  let previous = START;
  /** Events whose batch hasn't ended yet, from `first` on. */
  let open: LogRecord[] = [];
  let first = 0;

  function takeBatch(lastPosition: number): LogRecord[] {
    let end = first;
    while ((open[end]?.position ?? Number.POSITIVE_INFINITY) <= lastPosition) end += 1;
    const batch = open.slice(first, end);
    first = end;
    if (first === open.length) [open, first] = [[], 0];
    return batch;
  }

  function observeChain(row: ChainRow): Violation[] {
    const before = previous;
    previous = row.hash;
    const batch = takeBatch(row.lastPosition);
    const place = { positions: [row.firstPosition] };
    if (row.previousHash !== before) return [violation('chain-broken', 'a batch does not build on the one before it', place)];
    if (row.leaves.length !== batch.length * 64)
      return [violation('chain-broken', `the batch up to ${row.lastPosition} has more or fewer events than leaves`, place)];
    const changed = batch.filter((record, index) => computeLeaf(record) !== leafAt(row.leaves, index));
    if (changed.length > 0) return changed.map(toChanged);
    const moved = batch.filter(({ recordedAtMs }) => recordedAtMs * 1000 !== row.recordedAtUs);
    if (moved.length > 0) return moved.map(toMoved);
    if (computeBatchHash(row, batch) !== row.hash)
      return [violation('chain-broken', `the hash of the batch up to ${row.lastPosition} is not that of its events`, place)];
    if (batch[0]?.position === row.firstPosition) return [];
    const sentence = `the batch up to ${row.lastPosition} does not begin where it says`;
    return [violation('chain-broken', sentence, place)];
  }

  return {
    observe(record) {
      open.push(record);
      return [];
    },
    observeChain,
    finish() {
      const uncovered = open[first];
      if (uncovered !== undefined)
        return [violation('chain-broken', 'events stand behind the last batch', { positions: [uncovered.position] })];
      return previous === head.chainHash
        ? []
        : [violation('chain-broken', 'the chain does not end with the hash of the head', {})];
    },
  };
}
