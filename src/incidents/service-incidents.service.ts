import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.ts';
import type { IncidentLifeState } from './incident.ts';

/** Looks incidents up by the service that they are about. */
@Injectable()
export class ServiceIncidents {
  constructor(private readonly database: Database) {}

  /** Ids of those in one of these states. The answer may lag: who acts on it looks at the incident itself. */
  async find(target: string, ...states: IncidentLifeState[]): Promise<string[]> {
    const rows = await this.database.query<{ incident_id: string }>(
      'SELECT incident_id FROM incident_list WHERE target = $1 AND state = ANY($2)',
      [target, states],
    );
    return rows.map(({ incident_id: incidentId }) => incidentId);
  }
}
