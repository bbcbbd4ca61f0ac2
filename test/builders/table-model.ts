import type { StoredEvent } from '#libs/event-store';
import type { Projection, Row, RowOperation } from '../../src/platform/projections/projection.ts';

const matches = (row: Row, key: Row): boolean => Object.entries(key).every(([column, value]) => row[column] === value);

function apply(rows: readonly Row[], operation: RowOperation): Row[] {
  const { key } = operation;
  switch (operation.kind) {
    case 'delete':
      return rows.filter((row) => !matches(row, key));
    case 'update':
      return rows.map((row) => (matches(row, key) ? { ...row, ...operation.values } : row));
    case 'upsert':
      return rows.some((row) => matches(row, key))
        ? apply(rows, { ...operation, kind: 'update' })
        : [...rows, { ...key, ...operation.values }];
  }
}

/** The rows that a projection makes of events, by table: what the same operations do in the database. */
export function applyToTables(projection: Projection, events: readonly StoredEvent[]): Map<string, Row[]> {
  const tables = new Map<string, Row[]>();
  for (const event of events.filter(({ type }) => projection.types.includes(type))) {
    for (const operation of projection.project(event)) {
      tables.set(operation.table, apply(tables.get(operation.table) ?? [], operation));
    }
  }
  return tables;
}
