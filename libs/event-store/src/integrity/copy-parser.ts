// https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format"
const SIGNATURE_BYTES = 11;
const HEADER_BYTES = SIGNATURE_BYTES + 8;
const END_OF_ROWS = -1;
const EMPTY = Buffer.alloc(0);
/** PostgreSQL counts microseconds from the year 2000. */
const EPOCH_MS = Date.UTC(2000, 0, 1);

/** The fields of one row in their binary form. It is used again for the next row: what is to stay has to be copied. */
export class CopiedRow {
  buffer: Buffer = EMPTY;
  readonly starts: number[] = [];
  /** -1 where the field is NULL. */
  readonly ends: number[] = [];

  isNull(field: number): boolean {
    return this.end(field) === -1;
  }

  start(field: number): number {
    return this.starts[field] ?? 0;
  }

  end(field: number): number {
    return this.ends[field] ?? -1;
  }

  int4(field: number): number {
    return this.buffer.readInt32BE(this.start(field));
  }

  /** An int8; exact up to 2^53, which is where positions and times of ours end. */
  int8(field: number): number {
    const start = this.start(field);
    return this.buffer.readInt32BE(start) * 0x1_0000_0000 + this.buffer.readUInt32BE(start + 4);
  }

  /** A timestamptz in microseconds since 1970. */
  timeUs(field: number): number {
    return this.int8(field) + EPOCH_MS * 1000;
  }

  /** The bytes themselves, which the next row overwrites. */
  view(field: number): Buffer {
    return this.buffer.subarray(this.start(field), this.end(field));
  }
}

/** Cuts the output of `COPY ... (FORMAT binary)` into rows, wherever the chunks begin and end. */
export class CopyParser {
  readonly #onRow: (row: CopiedRow) => void;
  readonly #row = new CopiedRow();
  #pending = EMPTY;
  #skip = HEADER_BYTES;

  constructor(onRow: (row: CopiedRow) => void) {
    this.#onRow = onRow;
  }

  push(chunk: Buffer): void {
    const buffer = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let at = 0;
    if (this.#skip > 0 && buffer.length >= this.#skip) [at, this.#skip] = [this.#skip, 0];
    if (this.#skip === 0) {
      for (let end = this.#read(buffer, at); end > at; end = this.#read(buffer, at)) {
        at = end;
        this.#onRow(this.#row);
      }
    }
    // A copy, for the connection uses its buffer again.
    this.#pending = at === buffer.length ? EMPTY : Buffer.from(buffer.subarray(at));
  }

  /** Where the row that begins at `start` ends; `start` where it isn't whole yet, or where there is none any more. */
  #read(buffer: Buffer, start: number): number {
    if (start + 2 > buffer.length) return start;
    const count = buffer.readInt16BE(start);
    if (count === END_OF_ROWS) return start;
    const row = this.#row;
    row.buffer = buffer;
    let at = start + 2;
    for (let field = 0; field < count; field += 1) {
      if (at + 4 > buffer.length) return start;
      const length = buffer.readInt32BE(at);
      at += 4;
      row.starts[field] = at;
      row.ends[field] = length === -1 ? -1 : at + length;
      at += Math.max(length, 0);
    }
    return at > buffer.length ? start : at;
  }
}
