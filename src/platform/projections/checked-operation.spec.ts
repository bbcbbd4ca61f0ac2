import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkOperation } from './checked-operation.ts';
import { InvalidRowError } from './projection.errors.ts';
import type { Projection } from './projection.ts';

const table = { kind: 'current', name: 'things', columns: { id: 'text', at: 'timestamptz' }, key: ['id'] } as const;
const projection: Projection = { name: 'things', version: 1, tables: [table], types: [], project: () => [] };

/** What is stored of it. */
function storeTime(at: string): unknown {
  const operation = checkOperation(projection, { kind: 'insert', table: 'things', row: { id: 'a', at } });
  return operation.kind === 'insert' ? operation.row['at'] : undefined;
}

describe('a time in a read model', () => {
  it('stays as it is where it is written as we write times', () => {
    const time = fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
    fc.assert(fc.property(time, (date) => storeTime(date.toISOString()) === date.toISOString()));
  });

  it('is the same instant, written as we write it, where it was written in another way', () => {
    expect(storeTime('2026-11-30T01:02:03+01:00')).toBe('2026-11-30T00:02:03.000Z');
  });

  it.each(['2026-04-31', '2026-02-30', '2025-02-29'])('is an instant that there is, of a day that there is not: %s', (day) => {
    expect(storeTime(`${day}T12:00:00.000Z`)).toBe(new Date(`${day}T12:00:00.000Z`).toISOString());
  });

  it.each(['2026-13-01T00:00:00.000Z', '2026-11-30T24:01:00.000Z', '2026-11-30T12:60:00.000Z', '0999-01-01T00:00:00.000Z', ''])(
    'is refused where there is no such time, or PostgreSQL would not read it: %s',
    (at) => expect(() => storeTime(at)).toThrow(InvalidRowError),
  );
});
