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
