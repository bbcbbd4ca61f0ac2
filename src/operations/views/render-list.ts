import type { FastifyReply } from 'fastify';
import { type Page, toCsvCell } from '#libs/contracts';
import type { Format } from './list-view.query.ts';

const TYPES = { csv: 'text/csv; charset=utf-8; header=present', ndjson: 'application/x-ndjson; charset=utf-8' } as const;

/** What no longer fits into the answer itself when it isn't JSON. */
const HEADERS = { next: 'x-next-cursor', position: 'x-log-position' };

/** A page as it was asked for: whole as JSON, or its items, a line each. */
export function renderList<P extends Page<object>>(
  reply: FastifyReply,
  page: P,
  { format = 'json', columns }: { format?: Format | undefined; columns: readonly string[] },
): P | string {
  if (format === 'json') return page;
  void reply.type(TYPES[format]).header(HEADERS.position, page.position);
  if (page.next_cursor !== null) void reply.header(HEADERS.next, page.next_cursor);
  return format === 'csv' ? toCsv(page.items, columns) : page.items.map((item) => `${JSON.stringify(item)}\n`).join('');
}

function toCsv(items: readonly object[], columns: readonly string[]): string {
  const toLine = (item: object): string => {
    const cells = new Map(Object.entries(item));
    return columns.map((column) => toCsvCell(cells.get(column))).join(',');
  };
  return [columns.join(','), ...items.map(toLine)].map((line) => `${line}\r\n`).join('');
}
