import { ZantaraError } from './zantara-error.ts';

/** A name that can't be one token of a subject. */
export class InvalidNameError extends ZantaraError {
  constructor(what: string, name: string) {
    super(`${what} ${JSON.stringify(name.slice(0, 80))} can't be part of a subject`, {
      code: 'invalid-name',
      kind: 'invalid',
      remediation: 'Use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit.',
    });
  }
}

/** A value that has no canonical form: NaN, an infinity, a lone surrogate, a function. */
export class NotCanonicalError extends ZantaraError {
  constructor(what: string) {
    super(`${what} has no canonical JSON form`, {
      code: 'not-canonical',
      kind: 'invalid',
      remediation: 'Send finite numbers and well-formed Unicode only.',
    });
  }
}

/** A position that came from outside and can't be read. */
export class InvalidPositionError extends ZantaraError {
  constructor(text: string) {
    super(`${JSON.stringify(text.slice(0, 40))} is not a log position`, {
      code: 'invalid-position',
      kind: 'invalid',
      remediation: 'Use a position exactly as an answer of ours gave it, or leave it out to start at the beginning.',
    });
  }
}
