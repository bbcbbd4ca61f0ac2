import { describe, expect, it } from '@jest/globals';
import { type CheckedOperation, checkOperation } from './checked-operation.ts';
import { foldPage } from './fold-page.ts';
import { MemoryRows } from './memory-rows.ts';
import type { Projection, RowOperation, Table } from './projection.ts';
import { RowDigest } from './row-digest.ts';
import type { TableChange } from './table-fold.ts';

const counted: Table = {
  name: 'shop_counts',
  kind: 'current',
  key: ['state'],
  columns: { state: 'text', count: 'bigint' },
};
const shops: Projection = {
  name: 'shops',
  version: 1,
  tables: [
    {
      name: 'shops',
      kind: 'history',
      key: ['id'],
      columns: { id: 'text', state: 'text', visits: 'bigint', opened: 'text' },
      tally: { table: 'shop_counts', by: ['state'] },
    },
    counted,
    { name: 'visits', kind: 'append-only', key: ['n'], columns: { n: 'integer' } },
  ],
  types: [],
  project: () => [],
};
const upsert = (id: string, state: string, more: Partial<RowOperation & { kind: 'upsert' }> = {}): RowOperation => ({
  kind: 'upsert',
  table: 'shops',
  key: { id },
  values: { state },
  ...more,
});

/** Folds pages one after the other, each a list of positions with what happens there. */
class Folded {
  readonly rows = new MemoryRows();
  digest = new RowDigest();
  changes: TableChange[] = [];

  async page(...placed: [position: number, operation: RowOperation][]): Promise<this> {
    const operations = placed.map(([position, operation]): { position: number; operation: CheckedOperation } => ({
      position,
      operation: checkOperation(shops, operation),
    }));
    this.changes = await foldPage(shops, operations, { rows: this.rows, digest: this.digest });
    for (const change of this.changes) this.rows.apply(change);
    return this;
  }

  of(table: string): TableChange | undefined {
    return this.changes.find((change) => change.table.name === table);
  }

  hex(): string {
    return this.digest.toBuffer().toString('hex');
  }
}

describe('a folded page', () => {
  it('makes rows of all columns, with their beginning', async () => {
    const folded = await new Folded().page([3, upsert('a', 'open', { initial: { opened: 'today' }, add: { visits: 2 } })]);
    expect(folded.of('shops')).toMatchObject({
      inserted: [{ id: 'a', state: 'open', visits: 2, opened: 'today', from_pos: 3 }],
      changed: [],
      deleted: [],
      ended: [],
    });
  });

  it('keeps every version that ended, with its end', async () => {
    const folded = await new Folded().page([1, upsert('a', 'open')], [2, upsert('a', 'full')], [5, upsert('a', 'shut')]);
    expect(folded.of('shops')?.ended).toMatchObject([
      { state: 'open', from_pos: 1, to_pos: 2 },
      { state: 'full', from_pos: 2, to_pos: 5 },
    ]);
    await folded.page([7, { kind: 'delete', table: 'shops', key: { id: 'a' } }], [9, upsert('a', 'open')]);
    expect(folded.of('shops')).toMatchObject({
      inserted: [],
      changed: [{ state: 'open', from_pos: 9 }],
      ended: [{ state: 'shut', from_pos: 5, to_pos: 7 }],
    });
  });

  it('makes no version where nothing changes, and one where an event changes a row twice', async () => {
    const folded = await new Folded().page([1, upsert('a', 'open')], [2, upsert('a', 'open')]);
    expect(folded.of('shops')).toMatchObject({ inserted: [{ from_pos: 1 }], ended: [] });
    await folded.page([4, upsert('a', 'full')], [4, upsert('a', 'shut')]);
    expect(folded.of('shops')).toMatchObject({
      changed: [{ state: 'shut', from_pos: 4 }],
      ended: [{ state: 'open', to_pos: 4 }],
    });
  });

  it('changes and deletes only what is there and has the values of `when`', async () => {
    const folded = await new Folded().page(
      [1, { kind: 'update', table: 'shops', key: { id: 'b' }, values: { state: 'open' } }],
      [2, upsert('a', 'open')],
      [3, { kind: 'update', table: 'shops', key: { id: 'a' }, values: { state: 'full' }, when: { state: 'shut' } }],
      [4, { kind: 'delete', table: 'shops', key: { id: 'a' }, when: { state: 'shut' } }],
    );
    expect(folded.of('shops')?.inserted).toMatchObject([{ id: 'a', state: 'open', from_pos: 2 }]);
  });

  it('adds to what is stored, and sets what is initial once', async () => {
    const folded = new Folded();
    for (const position of [1, 2, 3])
      await folded.page([position, upsert('a', 'open', { initial: { opened: `${position}` }, add: { visits: 1 } })]);
    expect(folded.of('shops')?.changed).toMatchObject([{ visits: 3, opened: '1' }]);
  });

  it('counts the rows of each value, and has no row for none', async () => {
    const folded = await new Folded().page([1, upsert('a', 'open')], [2, upsert('b', 'open')], [3, upsert('c', 'shut')]);
    const counts = (): unknown[] => ['open', 'shut', 'full'].map((state) => folded.rows.find(counted, { state })?.['count']);
    expect(counts()).toEqual([2, 1, undefined]);
    await folded.page([4, upsert('c', 'full')], [5, { kind: 'delete', table: 'shops', key: { id: 'a' } }]);
    expect(counts()).toEqual([1, undefined, 1]);
  });

  it('only inserts where rows only come', async () => {
    const insert = (n: number): RowOperation => ({ kind: 'insert', table: 'visits', row: { n } });
    const folded = await new Folded().page([1, insert(1)], [2, insert(2)]);
    expect(folded.of('visits')?.inserted).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('comes to the same digest in one page and in many', async () => {
    const story: [number, RowOperation][] = [
      [1, upsert('a', 'open')],
      [2, upsert('b', 'shut')],
      [3, upsert('a', 'shut')],
      [4, { kind: 'delete', table: 'shops', key: { id: 'b' } }],
      [5, upsert('b', 'open', { add: { visits: 4 } })],
    ];
    const whole = await new Folded().page(...story);
    const pieces = new Folded();
    for (const each of story) await pieces.page(each);
    expect(pieces.hex()).toBe(whole.hex());
    expect(whole.hex()).not.toBe('00'.repeat(32));
  });
});
