import { ZantaraError } from '#libs/contracts';

/** Nobody knows of an escalation with this id. */
export class EscalationNotFoundError extends ZantaraError {
  constructor(escalationId: string) {
    super(`there is no escalation ${escalationId.slice(0, 100)}`, {
      code: 'escalation-not-found',
      kind: 'invalid',
      remediation: 'List them: zantara escalations, or GET /api/escalations.',
    });
  }
}

/** Its root cause was found again since: the later episode is the one to tell of. */
export class EscalationSupersededError extends ZantaraError {
  constructor(escalationId: string, latestId: string) {
    super(`${escalationId} was followed by ${latestId}`, {
      code: 'escalation-superseded',
      kind: 'rejected',
      remediation: `Send the later one again: zantara escalations replay ${latestId}.`,
    });
  }
}

/** There is nobody to tell. */
export class WebhookNotConfiguredError extends ZantaraError {
  constructor() {
    super('no webhook is configured, so that nobody can be told', {
      code: 'webhook-not-configured',
      kind: 'rejected',
      remediation:
        'Set ESCALATION_WEBHOOK_URL, ESCALATION_WEBHOOK_SECRET_FILE and OUTGOING_ALLOWED_HOSTS; see docs/escalations.md.',
    });
  }
}
