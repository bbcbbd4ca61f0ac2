import { type ColumnKind, shorten, type View, type ViewColumn } from '#libs/contracts';
import { ApiClient } from '../http/api-client.ts';
import { parsePage } from '../http/answers.ts';
import { type Column, type Scalar, toScalar } from '../output/column.ts';
import { writePage } from '../output/write-page.ts';
import type { Terminal } from '../terminal.ts';
import type { GlobalOptions } from './options.ts';

export interface ListViewOptions extends GlobalOptions, Readonly<Record<string, unknown>> {
  limit: number;
  cursor?: string;
  asOf?: string;
}

type ViewItem = Readonly<Record<string, unknown>>;

const isItem = (value: unknown): value is ViewItem => typeof value === 'object' && value !== null;

const MAX_CELL = 60;

export async function listView(terminal: Terminal, view: View, options: ListViewOptions): Promise<void> {
  const filters = Object.fromEntries(view.filters.map((name) => [name, toText(options[toCamelCase(name)])]));
  const { limit, cursor, asOf } = options;
  const answer = await new ApiClient(options).get(`/api/${view.path}`, { limit, cursor, asOf, ...filters });
  await writePage(terminal, parsePage(answer, isItem), {
    format: options.output,
    columns: Object.entries({ ...view.columns, ...view.computed }).map(toColumn),
    whenEmpty: 'there is nothing of the kind',
    more: (next) => `there are more: add --cursor ${next}`,
  });
}

/** As commander names what `--agent-id` was given. */
const toCamelCase = (name: string): string => name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());

const toText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const DECIMALS = 3;

/** For people times to the second, shares as far as they say something, and not what only a program reads. */
function toColumn([name, { kind }]: [string, ViewColumn]): Column<ViewItem> {
  const raw = (item: ViewItem): Scalar => toScalar(item[name]);
  return { name, title: name.replaceAll('_', ' '), raw, shown: (item) => show(kind, raw(item)) };
}

function show(kind: ColumnKind, value: Scalar): string {
  if (kind === 'json' || value === null || value === undefined) return '';
  if (kind === 'time') return String(value).slice(0, 19).replace('T', ' ');
  return kind === 'share' ? Number(value).toFixed(DECIMALS) : shorten(String(value), MAX_CELL);
}
