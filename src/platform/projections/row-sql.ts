import type { Cell, RowOperation } from './projection.ts';

export interface Statement {
  text: string;
  values: Cell[];
}

/** Identifiers come from our own definitions, never from events; quoting makes that hold. */
const quote = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

/** Writes a row operation as one SQL statement with its parameters. */
export function toStatement(operation: RowOperation): Statement {
  const { table, key } = operation;
  const keyColumns = Object.keys(key);
  const values = operation.kind === 'delete' ? {} : operation.values;
  const columns = Object.keys(values);
  const parameters = [...Object.values(key), ...Object.values(values)];
  const where = keyColumns.map((column, i) => `${quote(column)} = $${i + 1}`).join(' AND ');
  const set = columns.map((column, i) => `${quote(column)} = $${keyColumns.length + i + 1}`).join(', ');
  switch (operation.kind) {
    case 'delete':
      return { text: `DELETE FROM ${quote(table)} WHERE ${where}`, values: parameters };
    case 'update':
      return { text: `UPDATE ${quote(table)} SET ${set} WHERE ${where}`, values: parameters };
    case 'upsert': {
      const all = [...keyColumns, ...columns];
      const target = keyColumns.map(quote).join(', ');
      const insert = `INSERT INTO ${quote(table)} (${all.map(quote).join(', ')}) VALUES (${all.map((_, i) => `$${i + 1}`).join(', ')})`;
      return { text: `${insert} ON CONFLICT (${target}) DO UPDATE SET ${set}`, values: parameters };
    }
  }
}
