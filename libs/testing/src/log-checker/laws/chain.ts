import { CHAIN_START, computeChainHash, computeLeafHash } from '#libs/event-store';
import type { ChainRow, CheckFrame, LogRecord } from '../evidence.ts';
import { type Law, violation } from '../law.ts';
import type { Violation } from '../violation.ts';

/** `chain-broken`: the stored texts give the stored leaves, the leaves of each batch its hash, the last hash that of the head. */
export function createChainLaw({ head }: CheckFrame): Law {
  let previous = CHAIN_START.toString('hex');
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
    return computeBatchHash(row.previousHash, batch) === row.hash
      ? []
      : [violation('chain-broken', `the hash of the batch up to ${row.lastPosition} is not that of its events`, place)];
  }

  return {
    observe(record) {
      open.push(record);
      if (computeLeafHash(record).toString('hex') === record.leaf) return [];
      return [violation('chain-broken', 'an event is not what its hash says', { positions: [record.position] })];
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

export const computeBatchHash = (previousHash: string, batch: readonly LogRecord[]): string =>
  computeChainHash(
    Buffer.from(previousHash, 'hex'),
    batch.map(({ position, version, leaf }) => ({ position, version, leaf: Buffer.from(leaf, 'hex') })),
  ).toString('hex');
