import { Injectable } from '@nestjs/common';
import { formatPosition, type Page, type View } from '#libs/contracts';
import { Database } from '../../platform/database/database.ts';
import { Projections } from '../../platform/projections/projections.ts';
import { FilterUnsupportedError } from '../operations.errors.ts';
import { AsOf } from './as-of.ts';
import { FixRates } from './fix-rates.ts';
import { FILTERS, type ListViewQuery } from './list-view.query.ts';
import { decodeViewCursor, encodeViewCursor } from './view-cursor.ts';
import { computeViewQuery, type ViewRow } from './view-sql.ts';

/** Reads the read models that are listed as they are. */
@Injectable()
export class ViewQueries {
  constructor(
    private readonly database: Database,
    private readonly projections: Projections,
    private readonly asOf: AsOf,
    private readonly rates: FixRates,
  ) {}

  async list(view: View, query: ListViewQuery): Promise<Page<ViewRow>> {
    const { limit, cursor } = query;
    const asOf = await this.asOf.resolve(query.asOf, view.projections);
    const position = asOf ?? (await this.position(view));
    const after = cursor === undefined ? undefined : decodeViewCursor(view, cursor);
    const { text, values } = computeViewQuery(view, { limit: limit + 1, after, filters: pickFilters(view, query), asOf });
    const rows = await this.database.query<ViewRow>(text, values);
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return {
      items: view.computed === undefined ? items : await this.rates.addTo(items, asOf),
      next_cursor: last === undefined ? null : encodeViewCursor(view, last),
      position: formatPosition(position),
    };
  }

  /** An answer made of several reflects what all of them have seen. */
  private async position({ projections }: View): Promise<number> {
    return Math.min(...(await Promise.all(projections.map((name) => this.projections.position(name)))));
  }
}

/** @throws FilterUnsupportedError */
function pickFilters(view: View, query: object): Record<string, string> {
  const given = Object.entries(query).filter(([name, value]) => FILTERS.includes(name) && value !== undefined);
  const foreign = given.find(([name]) => !view.filters.includes(name));
  if (foreign !== undefined) throw new FilterUnsupportedError(view.path, foreign[0], view.filters);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
