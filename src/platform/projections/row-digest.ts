import { hash } from 'node:crypto';
import type { Cell, Row, Table } from './projection.ts';

const LANES = 8;
const LANE_BYTES = 4;

/**
 * Digest of a set of rows that is kept up while rows come and go, without looking at the others: the sum of their SHA-256 hashes,
 * taken as eight numbers modulo 2^32. It doesn't depend on the order in which rows came.
 *
 * The construction is AdHash (Bellare and Micciancio, "A New Paradigm for Collision-free Hashing", 1997). It finds what differs by
 * mistake; against somebody who makes rows to fit it, the hash chain of the log is the proof.
 */
export class RowDigest {
  /** Wraps around by itself. */
  readonly #lanes = new Uint32Array(LANES);

  static of(bytes: Uint8Array): RowDigest {
    const digest = new RowDigest();
    digest.#apply(Buffer.from(bytes), 1);
    return digest;
  }

  add(table: Table, row: Row): void {
    this.#apply(hashRow(table, row), 1);
  }

  remove(table: Table, row: Row): void {
    this.#apply(hashRow(table, row), -1);
  }

  toBuffer(): Buffer {
    const bytes = Buffer.alloc(LANES * LANE_BYTES);
    this.#lanes.forEach((value, lane) => bytes.writeUInt32BE(value, lane * LANE_BYTES));
    return bytes;
  }

  #apply(bytes: Buffer, sign: 1 | -1): void {
    for (let lane = 0; lane < LANES; lane += 1)
      this.#lanes[lane] = (this.#lanes[lane] ?? 0) + sign * bytes.readUInt32BE(lane * LANE_BYTES);
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
