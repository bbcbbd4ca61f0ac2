import { sanitizeText } from '#libs/event-store';
import type { Cell, ColumnType, Projection, Row, RowOperation, Table } from './projection.ts';
import { InvalidRowError } from './projection.errors.ts';

/** A row's key is in an index, which holds about 2,700 bytes; ours are far shorter. */
const MAX_KEY_CHARACTERS = 1_000;
const MAX_INTEGER = 2_147_483_647;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An operation whose cells are as their columns hold them, so that the database has nothing left to refuse. */
export type CheckedOperation = RowOperation & { readonly definition: Table };

/**
 * Brings the cells of an operation into the form in which they are read back.
 *
 * @throws InvalidRowError
 */
export function checkOperation(projection: Projection, operation: RowOperation): CheckedOperation {
  const definition = projection.tables.find(({ name }) => name === operation.table);
  if (definition === undefined) throw new InvalidRowError(operation.table, `${projection.name} has no such table`);
  const check = (row: Row): Row => checkCells(definition, row);
  if (operation.kind === 'insert') return { ...operation, definition, row: checkKey(definition, check(operation.row)) };
  const key = checkKey(definition, check(operation.key));
  if (operation.kind === 'delete') return { ...operation, definition, key };
  const values = check(operation.values);
  if (operation.kind === 'update') return { ...operation, definition, key, values };
  return { ...operation, definition, key, values, ...(operation.initial && { initial: check(operation.initial) }) };
}

function checkKey(table: Table, key: Row): Row {
  let characters = 0;
  for (const column of table.key) {
    const cell = key[column] ?? null;
    if (cell === null) throw new InvalidRowError(table.name, 'its key is incomplete');
    characters += typeof cell === 'string' ? cell.length : 1;
  }
  if (characters > MAX_KEY_CHARACTERS) throw new InvalidRowError(table.name, 'its key is too long');
  return key;
}

/** Mostly nothing has to be changed, and then it is the row that was given: a long history has many of them. */
function checkCells(table: Table, row: Row): Row {
  let changed: Record<string, Cell> | undefined;
  for (const column of Object.keys(row)) {
    const cell = row[column] ?? null;
    const type = table.columns[column];
    const stored = type === undefined ? undefined : toStored(type, cell);
    if (stored === undefined) throw new InvalidRowError(table.name, `${column} can't be ${JSON.stringify(cell).slice(0, 100)}`);
    if (stored !== cell) (changed ??= { ...row })[column] = stored;
  }
  return changed ?? row;
}

/** The cell as it is stored and read back; `undefined` for what the column can't hold. */
function toStored(type: ColumnType, cell: Cell): Cell | undefined {
  if (cell === null) return null;
  switch (type) {
    case 'text':
    case 'json':
      return typeof cell === 'string' ? sanitizeText(cell).value : undefined;
    case 'uuid':
      return typeof cell === 'string' && UUID.test(cell) ? cell : undefined;
    case 'integer':
      return typeof cell === 'number' && Number.isInteger(cell) && Math.abs(cell) <= MAX_INTEGER ? cell : undefined;
    case 'bigint':
      return typeof cell === 'number' && Number.isSafeInteger(cell) ? cell : undefined;
    case 'boolean':
      return typeof cell === 'boolean' ? cell : undefined;
    case 'timestamptz':
      return typeof cell === 'string' ? toInstant(cell) : undefined;
  }
}

/** A time as it is written here, on a day that each such year has: the 29th of February is looked at more closely. */
const CANONICAL =
  /^[1-9]\d{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** Years of four digits: PostgreSQL reads no others in this form. */
function toInstant(text: string): string | undefined {
  if (CANONICAL.test(text)) return text;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return undefined;
  const iso = time.toISOString();
  return /^[1-9]\d{3}-/.test(iso) ? iso : undefined;
}
