import { type NeededRole, type Role, ZantaraError } from '#libs/contracts';

/** No key that was ever made here. Whether its id is known is not told. */
export class KeyUnknownError extends ZantaraError {
  constructor() {
    super('this API key is none of this server', {
      code: 'key-unknown',
      kind: 'rejected',
      remediation:
        'Look whether it was copied whole and belongs to this server. An admin makes another one: zantara keys create.',
    });
  }
}

/** A key that was taken back. */
export class KeyRevokedError extends ZantaraError {
  constructor(keyId: string) {
    super(`the API key ${keyId} was revoked`, {
      code: 'key-revoked',
      kind: 'rejected',
      remediation: 'Ask an admin why, and for another one: zantara keys create.',
    });
  }
}

/** A key whose time is over. */
export class KeyExpiredError extends ZantaraError {
  constructor(keyId: string) {
    super(`the API key ${keyId} has expired`, {
      code: 'key-expired',
      kind: 'rejected',
      remediation: 'Ask an admin for another one: zantara keys create.',
    });
  }
}

/** A session that is over, or was none of this server. */
export class SessionEndedError extends ZantaraError {
  constructor() {
    super('this session has ended', {
      code: 'session-ended',
      kind: 'rejected',
      remediation: 'Sign in again with an API key.',
    });
  }
}

/** A key of an agent, which speaks for no person. */
export class IngestKeyRefusedError extends ZantaraError {
  constructor(keyId: string) {
    super(`the API key ${keyId} is for reports alone`, {
      code: 'ingest-key-refused',
      kind: 'rejected',
      remediation: "Use a person's key here. An admin makes one: zantara keys create --role viewer.",
    });
  }
}

/** Somebody is known, and may not. */
export class RoleMissingError extends ZantaraError {
  constructor(has: Role, needs: NeededRole) {
    super(`this takes the role ${needs}, and the API key has ${has}`, {
      code: 'role-missing',
      kind: 'rejected',
      remediation: `Ask somebody who is ${needs}, or an admin for a key with that role: zantara keys create --role ${needs}.`,
    });
  }
}

/** An endpoint of which nobody has said who may use it. */
export class EndpointNotListedError extends ZantaraError {
  constructor(route: string) {
    super(`nobody may use ${route}, as it is not listed`, {
      code: 'endpoint-not-listed',
      kind: 'rejected',
      remediation: 'Add it to ENDPOINTS in libs/contracts/src/api, with the role that it takes.',
    });
  }
}

/** No key has this id. */
export class KeyNotFoundError extends ZantaraError {
  constructor(keyId: string) {
    super(`there is no API key ${keyId.slice(0, 100)}`, {
      code: 'key-not-found',
      kind: 'invalid',
      remediation: 'List them: zantara keys list, or GET /api/keys.',
    });
  }
}

/** Without it nobody could make keys any more. */
export class LastAdminKeyError extends ZantaraError {
  constructor(keyId: string) {
    super(`${keyId} is the last admin key that does not expire`, {
      code: 'last-admin-key',
      kind: 'rejected',
      remediation: 'Make another one first: zantara keys create --role admin, without --expires-at.',
    });
  }
}

/** A key that would have expired before it was made. */
export class ExpiryPastError extends ZantaraError {
  constructor() {
    super('the time at which the API key is to expire is over', {
      code: 'expiry-past',
      kind: 'invalid',
      remediation: 'Give expires_at a time to come, or leave it out.',
    });
  }
}

/** The file that names the first admin key holds something else. */
export class AdminKeyFileError extends ZantaraError {
  constructor(file: string, cause?: unknown) {
    super(`${file} can not be used for the first admin key`, {
      code: 'admin-key-file',
      kind: 'invalid',
      remediation: 'Remove the file, or let ADMIN_KEY_FILE name one in a folder that the orchestrator may write to.',
      cause,
    });
  }
}

/** Sessions can't be sealed. */
export class SessionSecretError extends ZantaraError {
  constructor(file: string, cause: unknown) {
    super(`the secret of sessions in ${file} can not be used`, {
      code: 'session-secret',
      kind: 'invalid',
      remediation: 'Remove the file: another one is made at the next start, and everybody signs in again.',
      cause,
    });
  }
}
