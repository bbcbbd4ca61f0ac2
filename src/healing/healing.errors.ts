import { ZantaraError } from '#libs/contracts';

/** The log names a strategy that this release doesn't have. */
export class UnknownStrategyError extends ZantaraError {
  constructor(strategy: string) {
    super(`strategy ${strategy} is not in the registry`, {
      code: 'unknown-strategy',
      kind: 'invalid',
      remediation: 'Run a release that has this strategy; its fixes stay where they are until then.',
    });
  }
}

/** The key file for signing commands can't be read or isn't one. */
export class SigningKeyError extends ZantaraError {
  constructor(file: string, cause: unknown) {
    super(`${file} holds no usable Ed25519 signing key`, {
      code: 'signing-key-unusable',
      kind: 'invalid',
      remediation: 'Restore the file from a backup, or remove it to have a new key made; agents then need the new public key.',
      cause,
    });
  }
}

/** Another process is changing the signing keys. */
export class SigningKeysBusyError extends ZantaraError {
  constructor(lock: string, cause: unknown) {
    super(`${lock} can't be taken: the signing keys are being changed`, {
      code: 'signing-keys-busy',
      kind: 'unavailable',
      remediation: 'Try again: a change takes milliseconds, and what a killed one left is ignored after 10 s.',
      cause,
    });
  }
}

/** No published signing key has this id. */
export class SigningKeyUnknownError extends ZantaraError {
  constructor(keyId: string) {
    super(`no published key has the id ${keyId}`, {
      code: 'signing-key-unknown',
      kind: 'invalid',
      remediation: 'List the keys. Agents refuse a key that is not published, so there is nothing to revoke.',
    });
  }
}

/** The key that signs can't be revoked: every command would be refused. */
export class SigningKeyInUseError extends ZantaraError {
  constructor(keyId: string) {
    super(`${keyId} is the key that signs`, {
      code: 'signing-key-in-use',
      kind: 'rejected',
      remediation: 'Rotate first, then revoke it.',
    });
  }
}

/** Agents act only while they hear that commands may be carried out, and this process hasn't said so yet. */
export class AgentsNotToldError extends ZantaraError {
  constructor() {
    super('the running heartbeat was not published yet', {
      code: 'agents-not-told',
      kind: 'unavailable',
      remediation: 'Nothing to do: the command is published right after the heartbeat.',
    });
  }
}
