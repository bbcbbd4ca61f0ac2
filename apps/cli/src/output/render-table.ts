import CliTable from 'cli-table3';
import { plain } from '#libs/contracts';
import type { Column } from './column.ts';
import type { Style } from './style.ts';

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Aligned columns without lines; a column that is empty throughout is left out. */
export function renderTable<T>(items: readonly T[], columns: readonly Column<T>[], style: Style): string {
  const shown = columns.filter((column) => items.some((item) => cellOf(item, column) !== ''));
  const table = new CliTable({
    head: shown.map(({ title, name }) => style.dim((title ?? name).toUpperCase())),
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  for (const item of items) table.push(shown.map((column) => paint(item, column, style)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function paint<T>(item: T, column: Column<T>, style: Style): string {
  const cell = cellOf(item, column);
  return column.tone === undefined ? cell : style.tone(column.tone(item), cell);
}

const cellOf = <T>(item: T, column: Column<T>): string => plain(column.shown?.(item) ?? String(column.raw(item) ?? ''));
