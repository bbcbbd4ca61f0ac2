import { ZantaraError } from '#libs/contracts';

/** Settings that guards can't go by. Everything that is wrong is listed. */
export class InvalidPolicyError extends ZantaraError {
  constructor(scope: string, problems: readonly string[]) {
    super(`the policy of ${scope} can't be: ${problems.join('; ')}`, {
      code: 'invalid-policy',
      kind: 'invalid',
      remediation: 'Correct the settings; nothing was changed. GET /api/policy lists them all.',
    });
  }
}

/** It would end before it begins. */
export class InvalidFreezeError extends ZantaraError {
  constructor(from: string, until: string) {
    super(`a freeze from ${from} can't last until ${until}`, {
      code: 'invalid-freeze',
      kind: 'invalid',
      remediation: 'Let it end after it begins, or leave its end out.',
    });
  }
}

/** Nobody knows of a freeze with this id; it may have been ended already. */
export class FreezeNotFoundError extends ZantaraError {
  constructor(freezeId: string) {
    super(`there is no freeze ${freezeId.slice(0, 100)}`, {
      code: 'freeze-not-found',
      kind: 'invalid',
      remediation: 'List what holds: zantara policy show, or GET /api/policy.',
    });
  }
}
