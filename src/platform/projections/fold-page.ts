import type { CheckedOperation } from './checked-operation.ts';
import type { PlacedOperation } from './project-page.ts';
import type { Projection, Row, Table } from './projection.ts';
import type { RowDigest } from './row-digest.ts';
import { type TableChange, TableFold, toKeyText } from './table-fold.ts';

/** Where the rows of a projection are: those with these keys as they are now, with all stored columns. */
export interface RowSource {
  load(table: Table, keys: readonly Row[]): Promise<readonly Row[]>;
}

/**
 * Folds the operations of a page, in their order, into what has to be written to each table.
 *
 * @param digest of the projection before the page; afterwards it is that of the rows after it
 */
export async function foldPage(
  projection: Projection,
  operations: readonly PlacedOperation[],
  { rows, digest }: { rows: RowSource; digest: RowDigest },
): Promise<TableChange[]> {
  const folds = new Map<Table, TableFold>();
  const foldAll = async (table: Table, placed: readonly PlacedOperation[]): Promise<void> => {
    if (placed.length === 0) return;
    const fold = new TableFold(table, await rows.load(table, computeKeys(table, placed)));
    for (const each of placed) fold.apply(each);
    folds.set(table, fold);
  };
  for (const table of projection.tables)
    await foldAll(
      table,
      operations.filter(({ operation }) => operation.definition === table),
    );
  for (const table of projection.tables) await foldAll(...computeTally(projection, table, folds));
  return [...folds.values()].map((fold) => fold.computeChange(digest));
}

/** What a row is about is loaded once. */
function computeKeys(table: Table, placed: readonly PlacedOperation[]): Row[] {
  const keys = new Map<string, Row>();
  for (const { operation } of placed) if (operation.kind !== 'insert') keys.set(toKeyText(table, operation.key), operation.key);
  return [...keys.values()];
}

/** How the table that counts the rows of another one changes. */
function computeTally(projection: Projection, counted: Table, folds: ReadonlyMap<Table, TableFold>): [Table, PlacedOperation[]] {
  const { tally } = counted;
  const definition = projection.tables.find(({ name }) => name === tally?.table);
  const differences = folds.get(counted)?.differences();
  if (tally === undefined || definition === undefined || differences === undefined) return [counted, []];
  const operations: PlacedOperation[] = [];
  for (const { row, difference } of differences) {
    const key = Object.fromEntries(tally.by.map((column) => [column, row[column] ?? '']));
    for (const operation of countOperations(definition, key, difference)) operations.push({ position: 0, operation });
  }
  return [definition, operations];
}

/** What nobody has any more is no row, however the log was cut into pages. */
const countOperations = (definition: Table, key: Row, difference: number): CheckedOperation[] => [
  { kind: 'upsert', table: definition.name, definition, key, values: {}, add: { count: difference } },
  { kind: 'delete', table: definition.name, definition, key, when: { count: 0 } },
];
