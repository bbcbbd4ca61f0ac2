/** Who can do something about it: the caller (`invalid`), time (`unavailable`), or nobody, for the domain said no (`rejected`). */
export type ErrorKind = 'invalid' | 'unavailable' | 'rejected';

export interface ZantaraErrorOptions {
  /** Stable, kebab-case, for programs. */
  code: string;
  kind: ErrorKind;
  /** The next step for the person who reads it. */
  remediation: string;
  cause?: unknown;
}

/**
 * Base of every error of ours. The message is for people, `code` for programs.
 * `retryable` is true only for `unavailable`: wrong input stays wrong however often it is sent.
 */
export class ZantaraError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly remediation: string;

  constructor(message: string, options: ZantaraErrorOptions) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.kind = options.kind;
    this.remediation = options.remediation;
  }

  get retryable(): boolean {
    return this.kind === 'unavailable';
  }
}
