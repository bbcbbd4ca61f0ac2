import type { LogRecord, ReadModels, TableRow } from '../evidence.ts';
import { parseObject } from '../fields.ts';
import { type ReadModelFold, readerOf } from '../laws/read-model.ts';
import { READ_MODEL_FOLDS } from '../laws/read-model-folds.ts';

/** Read models as their projections would have made them of these events; columns that no law compares stay as they were. */
export function forgeReadModels(
  readModels: ReadModels,
  records: readonly LogRecord[],
  checkpoints: ReadonlyMap<string, number>,
): ReadModels {
  const forged = READ_MODEL_FOLDS.map((fold) => {
    const through = checkpoints.get(readerOf(fold)) ?? 0;
    const rows = foldRows(
      fold,
      records.filter(({ position }) => position <= through),
    );
    const stored = new Map((readModels[fold.name] ?? []).map((row) => [fold.keyOf(row), row]));
    const empty = Object.fromEntries(fold.columns.map((column) => [column, null]));
    return [fold.name, [...rows].map(([key, row]) => ({ ...stored.get(key), ...empty, ...row }))] as const;
  });
  return { ...readModels, ...Object.fromEntries(forged) };
}

function foldRows(fold: ReadModelFold, records: readonly LogRecord[]): ReadonlyMap<string, TableRow> {
  const rows = new Map<string, TableRow>();
  for (const record of records) fold.apply(rows, { ...record, data: parseObject(record.payload) ?? {} });
  return fold.tell?.(rows) ?? rows;
}
