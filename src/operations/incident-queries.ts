import { Injectable } from '@nestjs/common';
import { formatPosition, type IncidentPage, type IncidentSummary } from '#libs/contracts';
import { Database } from '../platform/database/database.ts';
import { InvalidCursorError } from '../platform/http/http.errors.ts';
import { Projections } from '../platform/projections/projections.ts';
import { AsOf } from './views/as-of.ts';
import { rowsAt } from './views/view-sql.ts';

interface IncidentRow {
  incident_id: string;
  state: IncidentSummary['state'];
  service: string;
  fingerprint: string;
  error_type: IncidentSummary['error_type'];
  symptom: string;
  severity: IncidentSummary['severity'];
  count: string;
  opened_at: Date;
  changed_at: Date;
  ended_at: Date | null;
  fix_id: string | null;
  strategy: string | null;
  reason_code: string | null;
}

export interface IncidentFilter {
  limit: number;
  cursor?: string;
  state?: string;
  service?: string;
  asOf?: string;
}

const list = (source: string): string => `
SELECT * FROM ${source}
WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR service = $2)
  AND ($3::timestamptz IS NULL OR (opened_at, incident_id) < ($3, $4))
ORDER BY opened_at DESC, incident_id DESC LIMIT $5`;

const COUNT_NOW = 'SELECT state, sum(count) AS count FROM incident_counts WHERE $1::text IS NULL OR service = $1 GROUP BY state';

/** What was then has to be counted. */
const countThen = (source: string): string =>
  `SELECT state, count(*) AS count FROM ${source} WHERE $1::text IS NULL OR service = $1 GROUP BY state`;

const READ_MODEL = 'incidents';

const INCIDENT_ID = /^[0-9a-f]{12}-\d{1,9}$/;
const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f]{12}-\d{1,9})$/;

/** Reads the incidents' read model. */
@Injectable()
export class IncidentQueries {
  constructor(
    private readonly database: Database,
    private readonly projections: Projections,
    private readonly asOf: AsOf,
  ) {}

  async list({ limit, cursor, state, service, ...past }: IncidentFilter): Promise<IncidentPage> {
    const asOf = await this.asOf.resolve(past.asOf, [READ_MODEL]);
    const position = asOf ?? (await this.projections.position(READ_MODEL));
    const [openedAt, incidentId] = cursor === undefined ? [null, null] : decodeCursor(cursor);
    const values = [state ?? null, service ?? null, openedAt, incidentId, limit + 1];
    const rows = await this.database.query<IncidentRow>(
      list(asOf === undefined ? READ_MODEL : rowsAt(READ_MODEL, '$6')),
      asOf === undefined ? values : [...values, asOf],
    );
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      items: page.map(toSummary),
      next_cursor: last === undefined ? null : encodeCursor(last.opened_at.toISOString(), last.incident_id),
      position: formatPosition(position),
      counts: await this.count(service ?? null, asOf),
    };
  }

  private async count(service: string | null, asOf: number | undefined): Promise<IncidentPage['counts']> {
    const rows = await this.database.query<{ state: IncidentSummary['state']; count: string }>(
      asOf === undefined ? COUNT_NOW : countThen(rowsAt(READ_MODEL, '$2')),
      asOf === undefined ? [service] : [service, asOf],
    );
    const counts = { open: 0, healing: 0, mitigated: 0, resolved: 0, escalated: 0 };
    for (const { state, count } of rows) counts[state] = Number(count);
    return counts;
  }

  async find(incidentId: string, past?: string): Promise<{ summary: IncidentSummary; position: number } | undefined> {
    if (!INCIDENT_ID.test(incidentId)) return undefined;
    const asOf = await this.asOf.resolve(past, [READ_MODEL]);
    const position = asOf ?? (await this.projections.position(READ_MODEL));
    const [row] = await this.database.query<IncidentRow>(
      `SELECT * FROM ${asOf === undefined ? READ_MODEL : rowsAt(READ_MODEL, '$2')} WHERE incident_id = $1`,
      asOf === undefined ? [incidentId] : [incidentId, asOf],
    );
    return row && { summary: toSummary(row), position };
  }
}

const toSummary = (row: IncidentRow): IncidentSummary => ({
  incident_id: row.incident_id,
  state: row.state,
  service: row.service,
  fingerprint: row.fingerprint,
  error_type: row.error_type,
  symptom: row.symptom,
  severity: row.severity,
  count: Number(row.count),
  opened_at: row.opened_at.toISOString(),
  changed_at: row.changed_at.toISOString(),
  ended_at: row.ended_at?.toISOString() ?? null,
  fix_id: row.fix_id,
  strategy: row.strategy,
  reason_code: row.reason_code,
});

const encodeCursor = (openedAt: string, incidentId: string): string =>
  Buffer.from(`${openedAt} ${incidentId}`).toString('base64url');

function decodeCursor(cursor: string): [openedAt: string, incidentId: string] {
  const [, openedAt, incidentId] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (openedAt === undefined || incidentId === undefined || Number.isNaN(Date.parse(openedAt))) throw new InvalidCursorError();
  return [openedAt, incidentId];
}
