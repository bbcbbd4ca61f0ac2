import { type Page, plain, toSafeJson } from '#libs/contracts';
import type { Terminal } from '../terminal.ts';
import type { Column } from './column.ts';
import type { OutputFormat } from './formats.ts';
import { writeItems } from './write-items.ts';

interface PageOutput<T> {
  format: OutputFormat;
  columns: readonly Column<T>[];
  whenEmpty: string;
  more(nextCursor: string): string;
}

/** A page of a list: whole as JSON, or its items; what to do next is said on stderr. */
export async function writePage<T>(terminal: Terminal, page: Page<T>, output: PageOutput<T>): Promise<void> {
  const { format, columns } = output;
  if (format === 'json') return terminal.out(toSafeJson(page, 2));
  if (format !== 'table') writeItems(terminal, page.items, { format, columns });
  else if (page.items.length === 0) terminal.note(plain(output.whenEmpty));
  else await writeTable(terminal, page.items, columns);
  if (page.next_cursor !== null) terminal.note(plain(output.more(page.next_cursor)));
}

/** The table's library is loaded for tables only. */
async function writeTable<T>(terminal: Terminal, items: readonly T[], columns: readonly Column<T>[]): Promise<void> {
  const [{ renderTable }, { createStyle }] = await Promise.all([import('./render-table.ts'), import('./style.ts')]);
  terminal.out(renderTable(items, columns, createStyle(terminal.isColoured)));
}
