import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { formatPosition, type ServicePage, type ServiceSummary } from '#libs/contracts';
import { Database } from '../platform/database/database.ts';
import { Projections } from '../platform/projections/projections.ts';
import { AsOf } from './views/as-of.ts';
import { rowsAt } from './views/view-sql.ts';

type LatestIncident = NonNullable<ServiceSummary['latest_incident']>;
type LiveFix = NonNullable<ServiceSummary['live_fix']>;

interface ServiceRow extends Omit<ServiceSummary, 'since' | 'depends_on' | 'latest_incident' | 'live_fix'> {
  since: Date | null;
  depends_on: unknown;
  latest_id: string | null;
  latest_state: LatestIncident['state'];
  latest_opened_at: Date;
  live_fix_id: string | null;
  live_incident_id: LiveFix['incident_id'];
  live_strategy: LiveFix['strategy'];
}

/** @param sources what stands for both read models */
const list = ({ services, incidents }: { services: string; incidents: string }): string => `
SELECT service_id, services.state, since, pid, probe_url, replicas, critical, autonomy, owner_agent, depends_on,
  latest.incident_id AS latest_id, latest.state AS latest_state, latest.opened_at AS latest_opened_at,
  live.fix_id AS live_fix_id, live.incident_id AS live_incident_id, live.strategy AS live_strategy
FROM ${services}
LEFT JOIN LATERAL (
  SELECT incident_id, state, opened_at FROM ${incidents}
  WHERE service = service_id ORDER BY opened_at DESC, incident_id DESC LIMIT 1
) latest ON true
LEFT JOIN LATERAL (
  SELECT fix_id, incident_id, strategy FROM ${incidents}
  WHERE service = service_id AND incidents.state = 'healing' ORDER BY changed_at DESC, incident_id LIMIT 1
) live ON true
ORDER BY service_id`;

const READ_MODELS = ['services', 'incidents'];
const Names = z.array(z.string());

/** Reads the services' read model, and what the incidents' says of them. */
@Injectable()
export class ServiceQueries {
  constructor(
    private readonly database: Database,
    private readonly projections: Projections,
    private readonly asOf: AsOf,
  ) {}

  /** @param past a time or a position, if not now */
  async list(past?: string): Promise<ServicePage> {
    const asOf = await this.asOf.resolve(past, READ_MODELS);
    if (asOf === undefined) return this.answer(await this.findPosition(), list({ services: 'services', incidents: 'incidents' }));
    const then = list({ services: rowsAt('services', '$1'), incidents: rowsAt('incidents', '$1') });
    return this.answer(asOf, then, [asOf]);
  }

  private async answer(position: number, text: string, values: unknown[] = []): Promise<ServicePage> {
    const rows = await this.database.query<ServiceRow>(text, values);
    return { items: rows.map(toSummary), next_cursor: null, position: formatPosition(position) };
  }

  /** The answer reflects what both have seen. */
  private async findPosition(): Promise<number> {
    return Math.min(...(await Promise.all(READ_MODELS.map((name) => this.projections.position(name)))));
  }
}

function toSummary(row: ServiceRow): ServiceSummary {
  const { latest_id, latest_state, latest_opened_at, live_fix_id, live_incident_id, live_strategy, ...service } = row;
  return {
    ...service,
    since: row.since?.toISOString() ?? null,
    depends_on: Names.parse(row.depends_on),
    latest_incident:
      latest_id === null ? null : { incident_id: latest_id, state: latest_state, opened_at: latest_opened_at.toISOString() },
    live_fix: live_fix_id === null ? null : { fix_id: live_fix_id, incident_id: live_incident_id, strategy: live_strategy },
  };
}
