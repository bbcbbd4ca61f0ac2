import { type ErrorKind, hasShape } from '#libs/contracts';
import { CliError, UnexpectedAnswerError, UnreachableError } from '../cli.errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const EXIT_OF_STATUS: ReadonlyMap<number, ExitCode> = new Map<number, ExitCode>([
  [400, EXIT.usage],
  [401, EXIT.denied],
  [403, EXIT.denied],
  [404, EXIT.notFound],
  [409, EXIT.conflict],
  [412, EXIT.conflict],
  [422, EXIT.usage],
  [502, EXIT.unreachable],
  [503, EXIT.unreachable],
  [504, EXIT.unreachable],
]);

/** The orchestrator refused, and said why (RFC 9457). */
export class ProblemError extends CliError {}

/** The error of an answer that isn't 200. */
export function toProblemError(url: string, status: number, body: unknown): CliError {
  const kind = kindOf(status);
  if (!hasShape(body, { detail: 'string', code: 'string', remediation: 'string' })) {
    if (kind === 'unavailable') return new UnreachableError(url, `status ${status}`);
    return new UnexpectedAnswerError(url, `status ${status} without a problem document`);
  }
  const requestId = hasShape(body, { request_id: 'string' }) ? ` (request ${String(body['request_id'])})` : '';
  return new ProblemError(`${String(body.detail)}${status >= 500 ? requestId : ''}`, {
    code: String(body.code),
    kind,
    remediation: String(body.remediation),
    exitCode: EXIT_OF_STATUS.get(status) ?? EXIT.failed,
  });
}

function kindOf(status: number): ErrorKind {
  if (status >= 500 || status === 408 || status === 429) return 'unavailable';
  return status === 409 || status === 412 ? 'rejected' : 'invalid';
}
