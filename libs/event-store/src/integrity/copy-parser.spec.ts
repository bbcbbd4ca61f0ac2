import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CopyParser } from './copy-parser.ts';

const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const END = Buffer.from([0xff, 0xff]);
const int2 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);

function int4(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int8(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

const toField = (value: Buffer | null): Buffer[] => (value === null ? [int4(-1)] : [int4(value.length), value]);
const toRow = (fields: readonly (Buffer | null)[]): Buffer => Buffer.concat([int2(fields.length), ...fields.flatMap(toField)]);

/** What comes out when the bytes arrive in pieces of these lengths. */
function parse(bytes: Buffer, pieces: readonly number[]): (string | null)[][] {
  const rows: (string | null)[][] = [];
  const parser = new CopyParser((row) => {
    rows.push(row.starts.map((_, field) => (row.isNull(field) ? null : row.view(field).toString('hex'))));
  });
  let at = 0;
  for (const length of pieces) {
    parser.push(Buffer.from(bytes.subarray(at, at + length)));
    at += length;
  }
  parser.push(Buffer.from(bytes.subarray(at)));
  return rows;
}

describe('rows of a binary copy', () => {
  it('come out whole, wherever the pieces begin and end', () => {
    const field = fc.option(fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)));
    const rows = fc.array(fc.array(field, { minLength: 3, maxLength: 3 }), { maxLength: 6 });
    const pieces = fc.array(fc.nat(20), { maxLength: 12 });
    fc.assert(
      fc.property(rows, pieces, (sent, lengths) => {
        const bytes = Buffer.concat([HEADER, ...sent.map(toRow), END]);
        expect(parse(bytes, lengths)).toEqual(sent.map((fields) => fields.map((value) => value?.toString('hex') ?? null)));
      }),
    );
  });

  it.each([0n, 1n, -1n, 2n ** 31n, 2n ** 32n, 2n ** 53n - 1n, -(2n ** 40n) - 7n])('hold the number %s', (value) => {
    const read: number[] = [];
    new CopyParser((row) => read.push(row.int8(0), row.timeUs(0))).push(Buffer.concat([HEADER, toRow([int8(value)]), END]));
    expect(read).toEqual([Number(value), Number(value) + Date.UTC(2000, 0, 1) * 1000]);
  });
});
