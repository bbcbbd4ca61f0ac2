import type { RowSource } from './fold-page.ts';
import type { Row, Table } from './projection.ts';
import { type TableChange, toKeyText } from './table-fold.ts';

/** The rows of read models as they are now, in memory: what a replay folds into, and what folds on a database are compared with. */
export class MemoryRows implements RowSource {
  readonly #tables = new Map<Table, Map<string, Row>>();

  async load(table: Table, keys: readonly Row[]): Promise<readonly Row[]> {
    return keys.map((key) => this.find(table, key)).filter((row) => row !== undefined);
  }

  find(table: Table, key: Row): Row | undefined {
    return this.#tables.get(table)?.get(toKeyText(table, key));
  }

  /** Rows that only ever come aren't kept: nothing is folded into them. */
  apply({ table, inserted, changed, deleted }: TableChange): void {
    if (table.kind === 'append-only') return;
    const rows = this.#tables.get(table) ?? new Map<string, Row>();
    this.#tables.set(table, rows);
    for (const row of deleted) rows.delete(toKeyText(table, row));
    for (const row of [...changed, ...inserted]) rows.set(toKeyText(table, row), row);
  }
}
