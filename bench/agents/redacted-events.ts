import type { LogWatch } from '../installation/log-watch.ts';
import { atLeast, type Figure } from '../report/figure.ts';

/** How many events of a type had something taken out. */
export type RedactedEvents = Readonly<Record<string, number>>;

const REDACTED = "SELECT type, count(*) FROM events WHERE payload::text LIKE '%[redacted:%' GROUP BY type";

export async function countRedacted(log: LogWatch): Promise<RedactedEvents> {
  const rows = await log.query<{ type: string; count: string }>(REDACTED);
  return Object.fromEntries(rows.map(({ type, count }) => [type, Number(count)]));
}

/** That no secret is found proves nothing where none came so far. */
export const toRedactedFigures = (redacted: RedactedEvents, types: readonly string[]): Figure[] =>
  types.map((type) => atLeast({ name: `secrets taken out of ${type}`, unit: 'events' }, redacted[type] ?? 0, 1));
