import { toCsvCell } from '#libs/contracts';
import type { Column } from './column.ts';

export const toCsvHeader = (columns: readonly Pick<Column<never>, 'name'>[]): string => columns.map(({ name }) => name).join(',');

export const toCsvRow = <T>(item: T, columns: readonly Column<T>[]): string =>
  columns.map((column) => toCsvCell(column.raw(item))).join(',');
