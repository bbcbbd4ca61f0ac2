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

/** Each follower costs memory and reads; more are not let in. */
export class TooManyFollowersError extends ZantaraError {
  constructor(limit: number) {
    super(`${limit} programs follow the log already`, {
      code: 'too-many-followers',
      kind: 'unavailable',
      remediation: 'End followers that nobody needs, or read GET /api/events in pages.',
    });
  }
}

/** The API works without the page. */
export class DashboardNotBuiltError extends ZantaraError {
  constructor() {
    super('the page was not built; the API works without it', {
      code: 'dashboard-not-built',
      kind: 'unavailable',
      remediation: 'Run npm run build, or npm start, which builds what is missing. The API describes itself in /openapi.json.',
    });
  }
}
