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

/** Nobody known asks for what takes a key. */
export class NotAuthenticatedError extends ZantaraError {
  constructor() {
    super('this takes an API key', {
      code: 'not-authenticated',
      kind: 'rejected',
      remediation: 'Send one: Authorization: Bearer zt_…, or sign in on the page. An admin makes keys: zantara keys create.',
    });
  }
}

/** A page of somebody else has its visitor's browser ask. */
export class CrossSiteRefusedError extends ZantaraError {
  constructor() {
    super('a page of another site may change nothing here', {
      code: 'cross-site-refused',
      kind: 'rejected',
      remediation: 'Ask from the page of this server itself, or from a program, which sends neither Origin nor Sec-Fetch-Site.',
    });
  }
}

/** A form of any page may send other types without asking first. */
export class ContentTypeUnsupportedError extends ZantaraError {
  constructor() {
    super('the body has to be application/json', {
      code: 'content-type-unsupported',
      kind: 'invalid',
      remediation: 'Send JSON, with the header Content-Type: application/json.',
    });
  }
}
