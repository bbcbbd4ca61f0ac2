import type { QueryConfig } from 'pg';
import type { Cell, ColumnType, Row, Table } from './projection.ts';
import { computeStoredColumns } from './row-digest.ts';

/** Identifiers come from our own definitions, never from events; quoting makes that hold. */
export const quote = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

/** The table of one generation. */
export const physicalName = (table: Table, generation: number): string => `${table.name}__${generation}`;

const typeOf = (table: Table, column: string): ColumnType => table.columns[column] ?? 'bigint';

/** JSON is read as it was written. */
export const selectList = (table: Table): string =>
  computeStoredColumns(table)
    .map((column) => (typeOf(table, column) === 'json' ? `${quote(column)}::text` : quote(column)))
    .join(', ');

/** Column arrays, from `$1` on, as a table `given`. */
const givenColumns = (table: Table, columns: readonly string[]): string => {
  const arrays = columns.map((column, index) => `$${index + 1}::${typeOf(table, column)}[]`).join(', ');
  return `unnest(${arrays}) AS given (${columns.map(quote).join(', ')})`;
};

const valuesOf = (columns: readonly string[], rows: readonly Row[]): unknown[] =>
  columns.map((column) => rows.map((row) => row[column] ?? null));

const sameKey = (table: Table, alias: string): string =>
  table.key.map((column) => `${alias}.${quote(column)} = given.${quote(column)}`).join(' AND ');

const stillHolds = (table: Table): string => (table.kind === 'history' ? ' AND stored."to_pos" IS NULL' : '');

/** Statements are prepared once for each table; the planner then has one way, by the key, however small the table looked. */
export class TableStatements {
  readonly #table: Table;
  readonly #name: string;

  constructor(table: Table, generation: number) {
    this.#table = table;
    this.#name = physicalName(table, generation);
  }

  load(keys: readonly Row[]): QueryConfig {
    const { key } = this.#table;
    const found = `SELECT ${selectList(this.#table)} FROM ${quote(this.#name)} AS stored
      WHERE ${sameKey(this.#table, 'stored')}${stillHolds(this.#table)} LIMIT 1`;
    const text = `SELECT found.* FROM ${givenColumns(this.#table, key)} CROSS JOIN LATERAL (${found}) AS found`;
    return this.#prepare('load', text, valuesOf(key, keys));
  }

  insert(rows: readonly Row[]): QueryConfig {
    const columns = computeStoredColumns(this.#table);
    const list = columns.map(quote).join(', ');
    const text = `INSERT INTO ${quote(this.#name)} (${list}) SELECT ${list} FROM ${givenColumns(this.#table, columns)}`;
    return this.#prepare('insert', text, valuesOf(columns, rows));
  }

  /** Of a history: ends versions. Of another table: writes the row anew. */
  change(rows: readonly Row[]): QueryConfig {
    const isHistory = this.#table.kind === 'history';
    const columns = isHistory ? [...this.#table.key, 'to_pos'] : computeStoredColumns(this.#table);
    const changed = columns.filter((column) => !this.#table.key.includes(column));
    const set = changed.map((column) => `${quote(column)} = given.${quote(column)}`).join(', ');
    const text = `UPDATE ${quote(this.#name)} AS stored SET ${set} FROM ${givenColumns(this.#table, columns)}
      WHERE ${sameKey(this.#table, 'stored')}${stillHolds(this.#table)}`;
    return this.#prepare('change', text, valuesOf(columns, rows));
  }

  delete(rows: readonly Row[]): QueryConfig {
    const text = `DELETE FROM ${quote(this.#name)} AS stored USING ${givenColumns(this.#table, this.#table.key)}
      WHERE ${sameKey(this.#table, 'stored')}`;
    return this.#prepare('delete', text, valuesOf(this.#table.key, rows));
  }

  #prepare(what: string, text: string, values: unknown[]): QueryConfig {
    return { name: `${what}:${this.#name}`, text, values };
  }
}

/** A row as the database gave it, in the form in which it was folded. */
export function toRow(table: Table, stored: Readonly<Record<string, unknown>>): Row {
  const row: Record<string, Cell> = {};
  for (const column of computeStoredColumns(table)) row[column] = toCell(typeOf(table, column), stored[column]);
  return row;
}

function toCell(type: ColumnType, value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (type === 'bigint') return Number(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new TypeError(`a cell of type ${type} can't be a ${typeof value}`);
}
