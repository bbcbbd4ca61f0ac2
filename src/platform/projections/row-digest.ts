import { hash } from 'node:crypto';
import type { Cell, Row, Table } from './projection.ts';

const LANES = 4;
const LANE_BYTES = 8;

/**
 * Digest of a set of rows that is kept up while rows come and go, without looking at the others: the sum of their SHA-256 hashes,
 * taken as four numbers modulo 2^64. It doesn't depend on the order in which rows came.
 *
 * The construction is AdHash (Bellare and Micciancio, "A New Paradigm for Collision-free Hashing", 1997). It finds what differs by
 * mistake; against somebody who makes rows to fit it, the hash chain of the log is the proof.
 */
export class RowDigest {
  readonly #lanes = new BigUint64Array(LANES);

  static of(bytes: Uint8Array): RowDigest {
    const digest = new RowDigest();
    digest.#apply(Buffer.from(bytes), (lane, value) => lane + value);
    return digest;
  }

  add(table: Table, row: Row): void {
    this.#apply(hashRow(table, row), (lane, value) => lane + value);
  }

  remove(table: Table, row: Row): void {
    this.#apply(hashRow(table, row), (lane, value) => lane - value);
  }

  toBuffer(): Buffer {
    const bytes = Buffer.alloc(LANES * LANE_BYTES);
    this.#lanes.forEach((value, lane) => bytes.writeBigUInt64BE(value, lane * LANE_BYTES));
    return bytes;
  }

  #apply(bytes: Buffer, change: (lane: bigint, value: bigint) => bigint): void {
    for (let lane = 0; lane < LANES; lane += 1)
      this.#lanes[lane] = change(this.#lanes[lane] ?? 0n, bytes.readBigUInt64BE(lane * LANE_BYTES));
  }
}

/** SHA-256 over the table's name and the cells in the order of its columns, as JSON; `to_pos` is null of a row that still holds. */
function hashRow(table: Table, row: Row): Buffer {
  const cells: Cell[] = [table.name];
  for (const column of digestColumns(table)) cells.push(row[column] ?? null);
  return hash('sha256', JSON.stringify(cells), 'buffer');
}

const known = new WeakMap<Table, readonly string[]>();

function digestColumns(table: Table): readonly string[] {
  const columns = known.get(table) ?? [
    ...Object.keys(table.columns),
    ...(table.kind === 'history' ? ['from_pos', 'to_pos'] : []),
  ];
  known.set(table, columns);
  return columns;
}
