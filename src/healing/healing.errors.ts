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
