/**
 * PostgreSQL's binary form of one-dimensional arrays. `pg` sends a Buffer as a binary parameter, so neither side escapes, quotes
 * or parses anything; for JSON texts, which are full of quotes, that is most of the cost of a parameter.
 * Layout: https://github.com/postgres/postgres/blob/REL_16_STABLE/src/backend/utils/adt/arrayfuncs.c (array_recv).
 */
const OID = { bytea: 17, int2: 21, int4: 23, text: 25, uuid: 2950 };

export function int4Array(values: readonly number[]): Buffer {
  const buffer = allocate(OID.int4, values.length, values.length * 8);
  let offset = HEADER;
  for (const value of values) {
    offset = buffer.writeInt32BE(4, offset);
    offset = buffer.writeInt32BE(value, offset);
  }
  return buffer;
}

export function int2Array(values: readonly number[]): Buffer {
  const buffer = allocate(OID.int2, values.length, values.length * 6);
  let offset = HEADER;
  for (const value of values) {
    offset = buffer.writeInt32BE(2, offset);
    offset = buffer.writeInt16BE(value, offset);
  }
  return buffer;
}

export function textArray(values: readonly (string | undefined)[]): Buffer {
  const lengths = values.map((value) => (value === undefined ? -1 : Buffer.byteLength(value)));
  const size = lengths.reduce((sum, length) => sum + 4 + Math.max(0, length), 0);
  const buffer = allocate(OID.text, values.length, size, lengths.includes(-1));
  let offset = HEADER;
  values.forEach((value, index) => {
    offset = buffer.writeInt32BE(lengths[index] ?? -1, offset);
    if (value !== undefined) offset += buffer.write(value, offset);
  });
  return buffer;
}

export function uuidArray(values: readonly string[]): Buffer {
  const buffer = allocate(OID.uuid, values.length, values.length * 20);
  let offset = HEADER;
  for (const value of values) {
    offset = buffer.writeInt32BE(16, offset);
    offset += buffer.write(value.replaceAll('-', ''), offset, 'hex');
  }
  return buffer;
}

/** SHA-256 hashes, given as hexadecimal digits. */
export function hashArray(values: readonly string[]): Buffer {
  const buffer = allocate(OID.bytea, values.length, values.length * 36);
  let offset = HEADER;
  for (const value of values) {
    offset = buffer.writeInt32BE(32, offset);
    offset += buffer.write(value, offset, 'hex');
  }
  return buffer;
}

const HEADER = 20;
const EMPTY_HEADER = 12;

function allocate(oid: number, count: number, size: number, hasNulls = false): Buffer {
  const buffer = Buffer.allocUnsafe(count === 0 ? EMPTY_HEADER : HEADER + size);
  buffer.writeInt32BE(count === 0 ? 0 : 1, 0); // dimensions
  buffer.writeInt32BE(hasNulls ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  if (count > 0) {
    buffer.writeInt32BE(count, 12);
    buffer.writeInt32BE(1, 16); // arrays count from 1
  }
  return buffer;
}
