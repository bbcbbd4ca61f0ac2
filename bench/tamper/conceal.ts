import { computeChainHash, computeLeafHash } from '#libs/event-store';
import type { ChainRow, EventRow, StoredLog } from './stored-log.ts';

/** How far somebody goes to hide a change: only the row; its leaf too; the hash of its batch too; everything that follows too. */
export const CONCEALMENTS = ['row', 'leaf', 'batch', 'tail'] as const;
export type Concealment = (typeof CONCEALMENTS)[number];

const toText = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;
const toBytes = (text: string): Buffer => Buffer.from(text.slice(2), 'hex');

const leafOf = (event: EventRow): Buffer =>
  computeLeafHash({ ...event, id: event.event_id, schemaVersion: event.schema_version });

const inBatch = ({ events }: StoredLog, batch: ChainRow): EventRow[] =>
  events.filter(({ position }) => position >= batch.first_position && position <= batch.last_position);

const withLeaves = (log: StoredLog, batch: ChainRow): ChainRow => ({
  ...batch,
  leaves: toText(Buffer.concat(inBatch(log, batch).map(leafOf))),
});

function withHash(log: StoredLog, batch: ChainRow): ChainRow {
  const leaves = toBytes(batch.leaves);
  const links = inBatch(log, batch).map(({ position, version }, index) => ({
    position,
    version,
    leaf: leaves.subarray(32 * index, 32 * index + 32),
  }));
  return { ...batch, hash: toText(computeChainHash(toBytes(batch.previous_hash), Date.parse(batch.recorded_at) * 1000, links)) };
}

/** What hides changes at these positions. */
export function conceal(log: StoredLog, positions: readonly number[], how: Concealment): StoredLog {
  if (how === 'row') return log;
  if (how === 'tail') return rehash(log, Math.min(...positions));
  const isTouched = (batch: ChainRow): boolean =>
    positions.some((position) => position >= batch.first_position && position <= batch.last_position);
  const mend = (batch: ChainRow): ChainRow => {
    const changed = withLeaves(log, batch);
    return how === 'leaf' ? changed : withHash(log, changed);
  };
  return { ...log, chain: log.chain.map((batch) => (isTouched(batch) ? mend(batch) : batch)) };
}

/** The log of somebody who wrote everything anew from a position on, with all that counts events. */
export function rehash(log: StoredLog, from: number): StoredLog {
  const chain: ChainRow[] = [];
  for (const batch of log.chain) {
    const previous = chain.at(-1);
    const linked = previous === undefined ? batch : { ...batch, previous_hash: previous.hash };
    chain.push(batch.last_position < from ? batch : withHash(log, withLeaves(log, linked)));
  }
  const last = chain.at(-1);
  if (last === undefined) throw new Error('nothing is left of the chain');
  const head = { head_position: last.last_position, last_recorded_at: last.recorded_at, chain_hash: last.hash };
  return { ...log, chain, stream_heads: countHeads(log.events), lanes: log.lanes.map((lane) => ({ ...lane, ...head })) };
}

function countHeads(events: readonly EventRow[]): StoredLog['stream_heads'] {
  const heads = new Map<string, StoredLog['stream_heads'][number]>();
  for (const { lane, stream, version, position } of events) {
    const first = heads.get(stream)?.first_position ?? position;
    heads.set(stream, { lane, stream, version, first_position: first, last_position: position });
  }
  return [...heads.values()];
}
