import type { StoredEvent } from '#libs/event-store';

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** What an event means for a table. `update` leaves alone what isn't there; `delete` takes every row that has these values. */
export type RowOperation =
  | { kind: 'upsert'; table: string; key: Row; values: Row }
  | { kind: 'update'; table: string; key: Row; values: Row }
  | { kind: 'delete'; table: string; key: Row };

/** A read model as a pure definition: no clock, randomness, look-up or float. */
export interface Projection {
  /** Also the name of its checkpoint. */
  name: string;
  types: readonly string[];
  project(event: StoredEvent): readonly RowOperation[];
}
