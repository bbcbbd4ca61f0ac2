import { ZantaraError } from '#libs/contracts';

/** Nobody knows of an incident with this id. */
export class IncidentNotFoundError extends ZantaraError {
  constructor(incidentId: string) {
    super(`there is no incident ${incidentId.slice(0, 100)}`, {
      code: 'incident-not-found',
      kind: 'invalid',
      remediation: 'List them: zantara incidents list, or GET /api/incidents.',
    });
  }
}
