import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.ts';
import { TOLD_BY_HEALTH_CHECKS } from './symptom.ts';

/** Looks incidents up by the service that they are about. What is answered may lag: who acts on it looks at the incident itself. */
@Injectable()
export class ServiceIncidents {
  constructor(private readonly database: Database) {}

  /** Ids of those that may be said to be over: the latest of their fault, and of a kind that health checks tell something of. */
  findMitigable(target: string): Promise<string[]> {
    return this.query(MITIGABLE, [target, TOLD_BY_HEALTH_CHECKS]);
  }

  /** Ids of those in this state that are the latest of their fault. */
  findLatest(target: string, state: 'open' | 'mitigated'): Promise<string[]> {
    return this.query(LATEST, [target, state]);
  }

  /** Of these incidents the ones that are over: resolved, or followed by a later episode of their fault. */
  findEnded(incidentIds: readonly string[]): Promise<string[]> {
    return this.query(ENDED, [incidentIds]);
  }

  /** Of these services the ones with an incident that isn't over. */
  async findFailing(services: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ service: string }>(FAILING, [services]);
    return rows.map(({ service }) => service);
  }

  private async query(text: string, values: unknown[]): Promise<string[]> {
    const rows = await this.database.query<{ incident_id: string }>(text, values);
    return rows.map(({ incident_id: incidentId }) => incidentId);
  }
}

const IS_LATEST = `NOT EXISTS (
  SELECT FROM incidents AS later
  WHERE later.service = listed.service AND later.fingerprint = listed.fingerprint AND later.episode > listed.episode
)`;

const MITIGABLE = `
SELECT incident_id FROM incidents AS listed
WHERE service = $1 AND state IN ('open', 'escalated') AND symptom = ANY($2) AND (state = 'open' OR ${IS_LATEST})`;

const LATEST = `SELECT incident_id FROM incidents AS listed WHERE service = $1 AND state = $2 AND ${IS_LATEST}`;

const ENDED = `
SELECT incident_id FROM incidents AS listed WHERE incident_id = ANY($1) AND (state = 'resolved' OR NOT ${IS_LATEST})`;

const FAILING = `
SELECT DISTINCT service FROM incidents AS listed WHERE service = ANY($1) AND state <> 'resolved' AND ${IS_LATEST}`;
