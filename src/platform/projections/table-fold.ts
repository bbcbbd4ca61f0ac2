import type { PlacedOperation } from './project-page.ts';
import type { Row, Table } from './projection.ts';
import type { RowDigest } from './row-digest.ts';
import { createRow, evolveRow } from './row-evolution.ts';

/** What has to be written so that a table is as its events say. Rows have all columns. */
export interface TableChange {
  readonly table: Table;
  readonly inserted: readonly Row[];
  /** Rows that were there and are otherwise now. */
  readonly changed: readonly Row[];
  readonly deleted: readonly Row[];
  /** Of a history: versions that hold no longer, with `to_pos`. */
  readonly ended: readonly Row[];
}

interface Entry {
  /** As the database has it. */
  readonly stored: Row | undefined;
  current: Row | undefined;
  /** Of a history: versions that ended within this page. */
  readonly ended: Row[];
}

export const toKeyText = (table: Table, row: Row): string => JSON.stringify(table.key.map((column) => row[column]));

/** Takes in the operations of a page on one table. The rows that they are about must have been loaded. */
export class TableFold {
  readonly #table: Table;
  readonly #entries = new Map<string, Entry>();
  readonly #inserted: Row[] = [];

  constructor(table: Table, stored: readonly Row[]) {
    this.#table = table;
    for (const row of stored) this.#entries.set(toKeyText(table, row), { stored: row, current: row, ended: [] });
  }

  apply({ operation, position }: PlacedOperation): void {
    if (operation.kind === 'insert') {
      this.#inserted.push(createRow(this.#table, operation.row));
      return;
    }
    const entry = this.#find(operation.key);
    const next = evolveRow(entry.current, operation);
    if (next === entry.current) return;
    if (this.#table.kind === 'history') moveOn(entry, next, position);
    else entry.current = next;
  }

  /** Rows before and after this page, for the table that counts them. */
  *differences(): Generator<{ row: Row; difference: 1 | -1 }> {
    for (const { stored, current } of this.#entries.values()) {
      if (stored === current) continue;
      if (stored !== undefined) yield { row: stored, difference: -1 };
      if (current !== undefined) yield { row: current, difference: 1 };
    }
    for (const row of this.#inserted) yield { row, difference: 1 };
  }

  /** @param digest of the projection; it is kept up */
  computeChange(digest: RowDigest): TableChange {
    const change = { table: this.#table, inserted: [...this.#inserted], changed: rows(), deleted: rows(), ended: rows() };
    for (const { stored, current, ended } of this.#entries.values()) {
      change.ended.push(...ended);
      if (stored === current) continue;
      if (stored !== undefined) digest.remove(this.#table, stored);
      if (current === undefined) change.deleted.push(...(stored === undefined ? [] : [stored]));
      else (stored === undefined ? change.inserted : change.changed).push(current);
    }
    for (const added of [change.inserted, change.changed, change.ended]) for (const row of added) digest.add(this.#table, row);
    return change;
  }

  #find(key: Row): Entry {
    const text = toKeyText(this.#table, key);
    const entry = this.#entries.get(text) ?? { stored: undefined, current: undefined, ended: [] };
    this.#entries.set(text, entry);
    return entry;
  }
}

const rows = (): Row[] => [];

/** A version holds from its event up to the next one that changes something. Of what one event does, the last counts. */
function moveOn(entry: Entry, next: Row | undefined, position: number): void {
  const { current, ended } = entry;
  if (current !== undefined && current['from_pos'] !== position) ended.push({ ...current, to_pos: position });
  entry.current = next && { ...next, from_pos: position };
}
