import { ZantaraError } from '#libs/contracts';

/** A page cursor that isn't one of ours. */
export class InvalidCursorError extends ZantaraError {
  constructor() {
    super('the cursor is not one of ours', {
      code: 'invalid-cursor',
      kind: 'invalid',
      remediation: 'Use next_cursor of an earlier answer as it came, or leave it out.',
    });
  }
}

/** Somebody asks for this server by a name that isn't its own. */
export class HostNotAllowedError extends ZantaraError {
  constructor(host: string) {
    super(`this server is not called ${host.slice(0, 100)}`, {
      code: 'host-not-allowed',
      kind: 'rejected',
      remediation: 'Ask for it as localhost, or add the name to ALLOWED_HOSTS of the orchestrator.',
    });
  }
}
