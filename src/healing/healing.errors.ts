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
