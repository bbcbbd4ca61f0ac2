import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Table } from './projection.ts';
import { RowDigest } from './row-digest.ts';

const table: Table = { name: 'things', kind: 'current', key: ['id'], columns: { id: 'text', n: 'integer' } };
const digestOf = (rows: readonly { id: string; n: number | null }[]): string => {
  const digest = new RowDigest();
  for (const row of rows) digest.add(table, row);
  return digest.toBuffer().toString('hex');
};
const row = fc.record({ id: fc.string(), n: fc.option(fc.integer(), { nil: null }) });

describe('the digest of rows', () => {
  it('is zero for none', () => {
    expect(digestOf([])).toBe('00'.repeat(32));
  });

  it('depends on the rows and not on their order', () => {
    fc.assert(fc.property(fc.array(row), (rows) => digestOf(rows) === digestOf(rows.toReversed())));
  });

  it('is as before when what came has gone, also over a stored one', () => {
    fc.assert(
      fc.property(fc.array(row), fc.array(row), (stay, go) => {
        const digest = RowDigest.of(Buffer.from(digestOf(stay), 'hex'));
        for (const each of go) digest.add(table, each);
        for (const each of go) digest.remove(table, each);
        return digest.toBuffer().toString('hex') === digestOf(stay);
      }),
    );
  });

  it('differs with a cell, a table, a column that is null, and with how often a row is there', () => {
    const other = new RowDigest();
    other.add({ ...table, name: 'others' }, { id: 'a', n: 1 });
    const digests = [
      digestOf([{ id: 'a', n: 1 }]),
      digestOf([{ id: 'a', n: 2 }]),
      digestOf([{ id: 'a', n: null }]),
      digestOf([
        { id: 'a', n: 1 },
        { id: 'a', n: 1 },
      ]),
      other.toBuffer().toString('hex'),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });
});
