import { toSafeJson } from '#libs/contracts';
import type { Terminal } from '../terminal.ts';
import type { Column } from './column.ts';
import { toCsvHeader, toCsvRow } from './csv.ts';

/** Items for programs, a line each. */
export function writeItems<T>(
  terminal: Terminal,
  items: readonly T[],
  { format, columns }: { format: 'jsonl' | 'csv'; columns: readonly Column<T>[] },
): void {
  if (format === 'csv') terminal.out(toCsvHeader(columns));
  for (const item of items) terminal.out(format === 'csv' ? toCsvRow(item, columns) : toSafeJson(item));
}
