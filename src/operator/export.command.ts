import { z } from 'zod';
import { findView, toCsvCell, type View, VIEWS } from '#libs/contracts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { InvalidOptionsError } from './operator.errors.ts';
import type { OperatorCommand, OperatorContext } from './operator-command.ts';
import { type OpenLog, READ_ONLY, withLog } from './open-log.ts';
import { toLogEvent } from '../platform/log/log-event.ts';

const OptionsSchema = z.strictObject({
  /** A read model, or `events` for the log. */
  what: z.string().min(1).max(100),
  format: z.enum(['csv', 'ndjson']).default('ndjson'),
});

const ROWS_AT_ONCE = 2_000;
const LOG = 'events';
const LOG_COLUMNS = ['position', 'event_id', 'stream', 'version', 'type', 'schema_version', 'recorded_at', 'data', 'metadata'];

/** `export`: all rows of a read model in one snapshot, or all events, a line each. */
export const exportCommand: OperatorCommand<z.infer<typeof OptionsSchema>> = {
  options: OptionsSchema,
  run: (context, { what, format }) =>
    withLog(context, READ_ONLY, async (log): Promise<ExitCode> => {
      const view = findView(what);
      if (view === undefined && what !== LOG)
        throw new InvalidOptionsError([`what: there are ${[LOG, ...VIEWS.map(({ name }) => name)].join(', ')}`]);
      const columns = view === undefined ? LOG_COLUMNS : Object.keys(view.columns);
      const rows = view === undefined ? readEvents(log, context) : readRows(log, context, view);
      if (format === 'csv') await context.line(columns.join(','));
      for await (const row of rows) await context.line(format === 'csv' ? toCsvLine(row, columns) : JSON.stringify(row));
      return EXIT.ok;
    }),
};

type ExportRow = Readonly<Record<string, unknown>>;

async function* readEvents({ store }: OpenLog, { signal, progress }: OperatorContext): AsyncGenerator<ExportRow> {
  const { position: head } = await store.head();
  for (let after = 0; after < head;) {
    const events = await store.readAll({ after, limit: Math.min(ROWS_AT_ONCE, head - after) });
    signal.throwIfAborted();
    for (const event of events) yield { ...toLogEvent(event) };
    after = events.at(-1)?.position ?? head;
    progress.report(after, head, 'events');
  }
}

/** What changes meanwhile isn't seen; the order is that of the list over HTTP. */
async function* readRows({ pool }: OpenLog, { signal }: OperatorContext, view: View): AsyncGenerator<ExportRow> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const list = Object.entries(view.columns).map(([name, { kind }]) =>
      kind === 'position' || kind === 'day' ? `${name}::text` : name,
    );
    await client.query(
      `DECLARE exported NO SCROLL CURSOR FOR SELECT ${list.join(', ')} FROM ${view.name} ORDER BY ${view.order.map((name) => `${view.name}.${name}`).join(', ')}`,
    );
    for (let isMore = true; isMore;) {
      const { rows } = await client.query<ExportRow>(`FETCH ${ROWS_AT_ONCE} FROM exported`);
      signal.throwIfAborted();
      for (const row of rows) yield toExportRow(view, row);
      isMore = rows.length > 0;
    }
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

/** Large numbers come from the database as text. */
const toExportRow = ({ columns }: View, row: ExportRow): ExportRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, columns[name]?.kind === 'count' && value !== null ? Number(value) : value]),
  );

const toCsvLine = (row: ExportRow, columns: readonly string[]): string =>
  columns.map((column) => toCsvCell(row[column])).join(',');
