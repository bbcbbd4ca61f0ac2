import { ZantaraError } from '#libs/contracts';

/** A person has put the stop file there, and nothing goes on behind their back. */
export class StopFilePresentError extends ZantaraError {
  constructor() {
    super('the stop file is there', {
      code: 'stop-file-present',
      kind: 'rejected',
      remediation: 'Remove the file that STOP_FILE names, then resume.',
    });
  }
}

/** A stop that the log doesn't hold can't be lifted by it. */
export class StopNotStoredError extends ZantaraError {
  constructor(scope: string) {
    super(`the stop of ${scope} is not stored yet`, {
      code: 'stop-not-stored',
      kind: 'rejected',
      remediation: 'Resume when the database can be written again; the stop holds until then.',
    });
  }
}

/** There is nothing to resume. */
export class NotStoppedError extends ZantaraError {
  constructor(scope: string, stopped: readonly string[]) {
    super(`${scope} is not stopped`, {
      code: 'not-stopped',
      kind: 'rejected',
      remediation: stopped.length === 0 ? 'Nothing is stopped.' : `Stopped are: ${stopped.join(', ')}.`,
    });
  }
}
