/** What a column holds, and so how it leaves the server. `position` is a string on every surface, `json` any value. */
export type ColumnKind = 'text' | 'count' | 'position' | 'boolean' | 'time' | 'day' | 'share' | 'json' | 'names';

export interface ViewColumn {
  readonly kind: ColumnKind;
  readonly about: string;
  /** Never null. */
  readonly isRequired?: true;
}

/** A read model as people and programs see it: an SQL view, and a list of the HTTP API. */
export interface View {
  /** Of the view. */
  readonly name: string;
  /** Below `/api/`. */
  readonly path: string;
  /** The projections that it is made of. */
  readonly projections: readonly string[];
  readonly about: string;
  readonly columns: Readonly<Record<string, ViewColumn>>;
  /** What lists tell beside the columns of the view, computed when they are asked for. */
  readonly computed?: Readonly<Record<string, ViewColumn>>;
  /** What it is listed by, the highest first; together they name a row. */
  readonly order: readonly string[];
  /** Columns by whose value the list can be narrowed. */
  readonly filters: readonly string[];
  /** Whether the past can be asked: `rows` keeps its versions, `positions` only ever grows, `function` counts anew. */
  readonly past?: 'rows' | 'positions' | 'function';
}

const column =
  (kind: ColumnKind) =>
  (about: string): ViewColumn => ({ kind, about });

export const text = column('text');
export const count = column('count');
export const time = column('time');
export const position = column('position');
export const flag = column('boolean');
export const json = column('json');
export const share = column('share');

export const required = (of: ViewColumn): ViewColumn => ({ ...of, isRequired: true });
