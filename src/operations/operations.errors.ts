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

/** Not a moment of this log. */
export class InvalidAsOfError extends ZantaraError {
  constructor(detail: string) {
    super(`that can't be asked: ${detail}`, {
      code: 'invalid-as-of',
      kind: 'invalid',
      remediation: 'Give asOf a position from an answer, or a time like 2026-11-29T03:00:00Z.',
    });
  }
}

/** Only some read models keep what was. */
export class AsOfUnsupportedError extends ZantaraError {
  constructor(what: string) {
    super(`${what} tells only of now`, {
      code: 'as-of-not-implemented',
      kind: 'invalid',
      remediation: 'Ask incidents, services, fixes, decisions or fix-success, or replay the log: zantara replay --to TIME.',
    });
  }
}

/** The log has it, the read model not yet. */
export class ReadModelBehindError extends ZantaraError {
  constructor(readModels: readonly string[], position: number) {
    super(`${readModels.join(' and ')} have not come to ${position} yet`, {
      code: 'read-model-behind',
      kind: 'unavailable',
      remediation: 'Ask again in a moment. How far each read model is: GET /api/projections.',
    });
  }
}

/** There is a list of this name, and it can't be narrowed by that. */
export class FilterUnsupportedError extends ZantaraError {
  constructor(path: string, filter: string, filters: readonly string[]) {
    super(`${path} can't be narrowed by ${filter}`, {
      code: 'filter-unsupported',
      kind: 'invalid',
      remediation: `It can be by ${filters.join(', ')}.`,
    });
  }
}
