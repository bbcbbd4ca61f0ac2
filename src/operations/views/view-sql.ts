import type { ColumnKind, JsonValue, View, ViewColumn } from '#libs/contracts';
import { AsOfUnsupportedError } from '../operations.errors.ts';

/** A row as it is answered. */
export type ViewRow = Readonly<Record<string, JsonValue>>;

export interface ViewPage {
  readonly limit: number;
  /** The place after which the page begins: values of the columns of `order`, as text. */
  readonly after?: readonly string[] | undefined;
  readonly filters: Readonly<Record<string, string>>;
  /** Where the past is asked. */
  readonly asOf?: number | undefined;
}

const SQL_TYPES: Partial<Record<ColumnKind, string>> = { count: 'bigint', position: 'bigint', time: 'timestamptz', day: 'date' };

/** Names come from our own definitions, values are parameters. */
export function computeViewQuery(view: View, { limit, after, filters, asOf }: ViewPage): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const source = asOf === undefined ? view.name : computePast(view, parameter(asOf));
  const conditions = Object.entries(filters).map(([column, value]) => `${column} = ${parameter(value)}`);
  if (after !== undefined) conditions.push(computeAfter(view, after, parameter));
  const direction = isAscending(view) ? 'ASC' : 'DESC';
  const text = `SELECT ${Object.entries(view.columns).map(toExpression).join(', ')} FROM ${source}
    ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
    ORDER BY ${view.order.map((column) => `${view.name}.${column} ${direction}`).join(', ')} LIMIT ${parameter(limit)}`;
  return { text, values };
}

function computePast({ name, past }: View, position: string): string {
  switch (past) {
    case 'rows':
      return rowsAt(name, position);
    case 'positions':
      return `(SELECT * FROM ${name} WHERE position <= ${position}) AS ${name}`;
    case 'function':
      return `count_${name}(${position}) AS ${name}`;
    case undefined:
      throw new AsOfUnsupportedError(name);
  }
}

/** A read model that keeps its history, as it was at a position, in the place of its view. */
export const rowsAt = (view: string, position: string): string =>
  `(SELECT * FROM ${view}_history WHERE from_pos <= ${position} AND (to_pos IS NULL OR to_pos > ${position})) AS ${view}`;

function computeAfter(view: View, after: readonly string[], parameter: (value: unknown) => string): string {
  const places = view.order.map((column, index) => `${parameter(after[index] ?? null)}::${sqlType(view.columns[column])}`);
  return `(${view.order.join(', ')}) ${isAscending(view) ? '>' : '<'} (${places.join(', ')})`;
}

/** The latest first; names in the order of the alphabet. */
const isAscending = (view: View): boolean => view.columns[view.order[0] ?? '']?.kind === 'text';

const sqlType = (column: ViewColumn | undefined): string => (column && SQL_TYPES[column.kind]) ?? 'text';

/** In the form in which it leaves the server. */
function toExpression([name, { kind }]: [string, ViewColumn]): string {
  switch (kind) {
    case 'position':
    case 'day':
      return `${name}::text`;
    case 'count':
      return `${name}::double precision`;
    case 'names':
      return `to_json(${name}) AS ${name}`;
    case 'time':
      return `to_char(${name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS ${name}`;
    case 'text':
    case 'boolean':
    case 'share':
    case 'json':
      return name;
  }
}
