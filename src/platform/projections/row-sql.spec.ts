import { describe, expect, it } from '@jest/globals';
import { toStatement } from './row-sql.ts';

describe('toStatement', () => {
  it('writes an upsert by its key', () => {
    expect(toStatement({ kind: 'upsert', table: 't', key: { a: 1, b: 2 }, values: { c: 'x', d: null } })).toEqual({
      text: 'INSERT INTO "t" ("a", "b", "c", "d") VALUES ($1, $2, $3, $4) ON CONFLICT ("a", "b") DO UPDATE SET "c" = $3, "d" = $4',
      values: [1, 2, 'x', null],
    });
  });

  it('writes an update of what is there', () => {
    expect(toStatement({ kind: 'update', table: 't', key: { a: 1 }, values: { c: true } })).toEqual({
      text: 'UPDATE "t" SET "c" = $2 WHERE "a" = $1',
      values: [1, true],
    });
  });

  it('writes a delete of everything with these values', () => {
    expect(toStatement({ kind: 'delete', table: 't', key: { a: 1, b: 'x' } })).toEqual({
      text: 'DELETE FROM "t" WHERE "a" = $1 AND "b" = $2',
      values: [1, 'x'],
    });
  });

  it('never lets a value into the text of the statement', () => {
    const hostile = "'; DROP TABLE events; --";
    for (const kind of ['upsert', 'update', 'delete'] as const) {
      expect(toStatement({ kind, table: 't', key: { a: hostile }, values: { b: hostile } }).text).not.toContain('DROP');
    }
  });

  it('quotes every identifier', () => {
    expect(toStatement({ kind: 'delete', table: 'odd"name', key: { 'col"umn': 1 } }).text).toBe(
      'DELETE FROM "odd""name" WHERE "col""umn" = $1',
    );
  });
});
