import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.ts';

/** Looks incidents up by the service that they are about. */
@Injectable()
export class ServiceIncidents {
  constructor(private readonly database: Database) {}

  /** Incidents that nobody has said to be over. The answer may lag: the decider has the last word. */
  async findUnresolved(target: string): Promise<string[]> {
    const rows = await this.database.query<{ incident_id: string }>(
      "SELECT incident_id FROM incident_list WHERE target = $1 AND state IN ('open', 'escalated')",
      [target],
    );
    return rows.map(({ incident_id: incidentId }) => incidentId);
  }
}
