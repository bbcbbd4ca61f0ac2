import type { QueryConfig } from 'pg';
import type { Cell, ColumnType, Row, Table } from './projection.ts';

/** Identifiers come from our own definitions, never from events; quoting makes that hold. */
const quote = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

const typeOf = (table: Table, column: string): ColumnType => table.columns[column] ?? 'bigint';

/** A table of one generation: the rows that hold, or, of a history, the versions that ended. */
interface StoredTable {
  readonly name: string;
  readonly columns: readonly string[];
}

export const computeRowTable = (table: Table, generation: number): StoredTable => ({
  name: `${table.name}__${generation}`,
  columns: [...Object.keys(table.columns), ...(table.kind === 'history' ? ['from_pos'] : [])],
});

export const computePastTable = (table: Table, generation: number): StoredTable => ({
  name: `${table.name}_past__${generation}`,
  columns: [...Object.keys(table.columns), 'from_pos', 'to_pos'],
});

/** JSON is read as it was written. */
export const selectAll = (table: Table, { name, columns }: StoredTable): string =>
  `SELECT ${columns.map((column) => (typeOf(table, column) === 'json' ? `${quote(column)}::text` : quote(column))).join(', ')}
   FROM ${quote(name)} AS stored`;

/** Column arrays, from `$1` on, as a table `given`. */
const givenColumns = (table: Table, columns: readonly string[]): string => {
  const arrays = columns.map((column, index) => `$${index + 1}::${typeOf(table, column)}[]`).join(', ');
  return `unnest(${arrays}) AS given (${columns.map(quote).join(', ')})`;
};

const valuesOf = (columns: readonly string[], rows: readonly Row[]): unknown[] =>
  columns.map((column) => rows.map((row) => row[column] ?? null));

/** The statements by which a table of one generation is read and written; each is prepared once for each connection. */
export class TableStatements {
  readonly #table: Table;
  readonly #rows: StoredTable;
  readonly #past: StoredTable;
  readonly #sameKey: string;

  constructor(table: Table, generation: number) {
    this.#table = table;
    this.#rows = computeRowTable(table, generation);
    this.#past = computePastTable(table, generation);
    this.#sameKey = table.key.map((column) => `stored.${quote(column)} = given.${quote(column)}`).join(' AND ');
  }

  /** The limit leaves the planner one way, by the key, however small it takes the table for. */
  load(keys: readonly Row[]): QueryConfig {
    const { key } = this.#table;
    const found = `${selectAll(this.#table, this.#rows)} WHERE ${this.#sameKey} LIMIT 1`;
    const text = `SELECT found.* FROM ${givenColumns(this.#table, key)} CROSS JOIN LATERAL (${found}) AS found`;
    return { name: `load:${this.#rows.name}`, text, values: valuesOf(key, keys) };
  }

  insert(rows: readonly Row[]): QueryConfig {
    return { name: `insert:${this.#rows.name}`, text: this.#insertText(this.#rows), values: valuesOf(this.#rows.columns, rows) };
  }

  keep(ended: readonly Row[]): QueryConfig {
    return { name: `insert:${this.#past.name}`, text: this.#insertText(this.#past), values: valuesOf(this.#past.columns, ended) };
  }

  /** New rows and changed ones in one statement, for each costs a round trip. */
  upsert(rows: readonly Row[]): QueryConfig {
    const { key } = this.#table;
    const { name, columns } = this.#rows;
    const set = columns.filter((column) => !key.includes(column)).map((column) => `${quote(column)} = excluded.${quote(column)}`);
    const text = `${this.#insertText(this.#rows)} ON CONFLICT (${key.map(quote).join(', ')}) DO UPDATE SET ${set.join(', ')}`;
    return { name: `upsert:${name}`, text, values: valuesOf(columns, rows) };
  }

  delete(rows: readonly Row[]): QueryConfig {
    const { key } = this.#table;
    const text = `DELETE FROM ${quote(this.#rows.name)} AS stored USING ${givenColumns(this.#table, key)} WHERE ${this.#sameKey}`;
    return { name: `delete:${this.#rows.name}`, text, values: valuesOf(key, rows) };
  }

  #insertText({ name, columns }: StoredTable): string {
    const list = columns.map(quote).join(', ');
    return `INSERT INTO ${quote(name)} (${list}) SELECT ${list} FROM ${givenColumns(this.#table, columns)}`;
  }
}

/** A row as the database gave it, in the form in which it was folded. */
export function toRow(table: Table, stored: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(stored).map(([column, value]) => [column, toCell(typeOf(table, column), value)]));
}

function toCell(type: ColumnType, value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (type === 'bigint') return Number(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new TypeError(`a cell of type ${type} can't be a ${typeof value}`);
}
