import type { StoredEvent } from '#libs/event-store';

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** `json` holds text, as it was written. A `bigint` is a safe integer here. */
export type ColumnType = 'text' | 'integer' | 'bigint' | 'boolean' | 'timestamptz' | 'uuid' | 'json';

/**
 * `append-only`: rows come and stay. `current`: rows are as they are now. `history`: beside them, in a table of their own, every
 * version stays that a row had, with the positions from which and up to which it held, so that the past can be asked.
 */
export type TableKind = 'append-only' | 'current' | 'history';

/** A table of a read model. Its columns are listed in the order of the view that readers see. */
export interface Table {
  readonly name: string;
  readonly kind: TableKind;
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Another table of this projection, of kind `current`, with these columns as its key and `count`: how many rows have these values. */
  readonly tally?: { readonly table: string; readonly by: readonly string[] };
}

/** What an event means for a row. A column that nobody gave a value is null. */
export type RowOperation =
  | { readonly kind: 'insert'; readonly table: string; readonly row: Row }
  | {
      readonly kind: 'upsert';
      readonly table: string;
      readonly key: Row;
      readonly values: Row;
      /** Only where the row has no value yet. */
      readonly initial?: Row;
      /** Added to what is there, or to 0. */
      readonly add?: Readonly<Record<string, number>>;
    }
  /** Leaves alone what isn't there, or what hasn't the values of `when`. */
  | { readonly kind: 'update'; readonly table: string; readonly key: Row; readonly values: Row; readonly when?: Row }
  | { readonly kind: 'delete'; readonly table: string; readonly key: Row; readonly when?: Row };

/** A read model as a pure definition: no clock, randomness, look-up or float. */
export interface Projection {
  readonly name: string;
  /** Raised with every change of what it makes of events; the read model is then built anew. */
  readonly version: number;
  readonly tables: readonly Table[];
  readonly types: readonly string[];
  /** Decisions rest on it, and not on streams alone: while it is far behind none is taken. */
  readonly isReadByDecisions?: true;
  /** What is left alone together when an event of it can't be handled. Without it the stream. */
  readonly parkBy?: (event: Pick<StoredEvent, 'stream' | 'position'>) => string;
  readonly project: (event: StoredEvent) => readonly RowOperation[];
}
