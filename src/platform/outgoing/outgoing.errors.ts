import { ZantaraError } from '#libs/contracts';

/** Why a request to somebody outside came to nothing, as a stable code. */
export type OutgoingFailure =
  | 'host-not-allowed'
  | 'name-not-found'
  | 'timeout'
  | 'connection-refused'
  | 'connection-failed'
  | 'redirected'
  | 'answer-too-long';

/** Somebody outside was not asked, or gave no answer that can be used. */
export class OutgoingRequestError extends ZantaraError {
  constructor(
    readonly failure: OutgoingFailure,
    cause?: unknown,
  ) {
    super(`a request to an outside address failed: ${failure}`, {
      code: 'outgoing-request-failed',
      kind: failure === 'host-not-allowed' ? 'invalid' : 'unavailable',
      remediation:
        'Look whether the address is right, listed in OUTGOING_ALLOWED_HOSTS, and answers within 5 s without a redirect.',
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
