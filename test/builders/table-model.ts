import type { StoredEvent } from '#libs/event-store';
import { projectPage } from '../../src/platform/projections/project-page.ts';
import type { Projection, Row } from '../../src/platform/projections/projection.ts';
import { RowDigest } from '../../src/platform/projections/row-digest.ts';
import { TableFold } from '../../src/platform/projections/table-fold.ts';

/** The rows that a projection makes of events, by table, as they are in the end. An event that it can't handle is an error. */
export function applyToTables(projection: Projection, events: readonly StoredEvent[]): Map<string, Row[]> {
  const wanted = events.filter(({ type }) => projection.types.includes(type));
  const { operations, parked } = projectPage(projection, { events: wanted }, () => false);
  if (parked.length > 0) throw new Error(JSON.stringify(parked));
  return new Map(
    projection.tables.map((table) => {
      const fold = new TableFold(table, []);
      for (const each of operations) if (each.operation.definition === table) fold.apply(each);
      return [table.name, [...fold.computeChange(new RowDigest()).inserted]];
    }),
  );
}
