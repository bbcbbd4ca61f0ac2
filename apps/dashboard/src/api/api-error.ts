interface ApiErrorOptions {
  /** `away`: asking again may help. `absent`: there is no such thing. `denied`: it takes a key. `wrong`: asking again is unlikely to help. */
  kind: 'away' | 'absent' | 'denied' | 'wrong';
  remediation: string;
  cause?: unknown;
}

/** Why an answer could not be had, in words for whoever looks at the page. */
export class ApiError extends Error {
  readonly kind: ApiErrorOptions['kind'];
  readonly remediation: string;

  constructor(message: string, { kind, remediation, cause }: ApiErrorOptions) {
    super(message, { cause });
    this.name = 'ApiError';
    this.kind = kind;
    this.remediation = remediation;
  }
}

/** Whatever was thrown, as something that can be shown. */
export const toApiError = (error: unknown): ApiError =>
  error instanceof ApiError
    ? error
    : new ApiError('This page failed to read the answer.', { kind: 'wrong', remediation: 'Reload the page.', cause: error });
