import type { CheckedOperation } from './checked-operation.ts';
import type { Cell, Row, Table } from './projection.ts';

type RowChange = Exclude<CheckedOperation, { kind: 'insert' }>;

/** What an operation makes of a row. The very same row where nothing is different afterwards, so that no version is made of it. */
export function evolveRow(current: Row | undefined, operation: RowChange): Row | undefined {
  switch (operation.kind) {
    case 'delete':
      return hasValues(current, operation.when) ? undefined : current;
    case 'update':
      return current !== undefined && hasValues(current, operation.when) ? changeRow(current, operation.values) : current;
    case 'upsert': {
      const base = current ?? createRow(operation.definition, operation.key);
      const values = { ...computeInitial(base, operation.initial), ...operation.values, ...computeSums(base, operation.add) };
      return changeRow(base, values);
    }
  }
}

/** A row with all columns; null where nobody said anything. */
export function createRow(table: Table, given: Row): Row {
  const row: Record<string, Cell> = {};
  for (const column of Object.keys(table.columns)) row[column] = given[column] ?? null;
  return row;
}

function changeRow(row: Row, values: Row): Row {
  return Object.entries(values).every(([column, cell]) => row[column] === cell) ? row : { ...row, ...values };
}

const computeInitial = (row: Row, initial: Row = {}): Row =>
  Object.fromEntries(Object.entries(initial).filter(([column]) => (row[column] ?? null) === null));

function computeSums(row: Row, add: Readonly<Record<string, number>> = {}): Row {
  return Object.fromEntries(Object.entries(add).map(([column, amount]) => [column, Number(row[column] ?? 0) + amount]));
}

const hasValues = (row: Row | undefined, when: Row = {}): boolean =>
  row !== undefined && Object.entries(when).every(([column, cell]) => row[column] === cell);
