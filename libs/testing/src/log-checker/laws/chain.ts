import { CHAIN_START, computeChainHash, computeLeafHash } from '#libs/event-store';
import type { ChainRow, CheckFrame, LogRecord } from '../evidence.ts';
import { type Law, violation } from '../law.ts';
import type { Violation } from '../violation.ts';

/** `chain-broken`: the stored texts give the stored leaves, the leaves of each batch its hash, the last hash that of the head. */
export function createChainLaw({ head }: CheckFrame): Law {
  let previous = CHAIN_START.toString('hex');
  /** Events of the batch that hasn't ended yet. */
  let open: LogRecord[] = [];

  function observeChain(row: ChainRow): Violation[] {
    const before = previous;
    previous = row.hash;
    const ended = open.findIndex(({ position }) => position > row.lastPosition);
    const batch = ended === -1 ? open : open.slice(0, ended);
    open = ended === -1 ? [] : open.slice(ended);
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
      const [uncovered] = open;
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
