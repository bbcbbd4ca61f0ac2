import { HttpException } from '@nestjs/common';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, ZantaraError } from '#libs/contracts';

export const INTERNAL = 500;
export const NOT_IMPLEMENTED = 501;
const UNAUTHENTICATED = 401;

const STATUS_OF_KIND = { invalid: 400, rejected: 409, unavailable: 503 } as const;
/** Codes whose status their kind doesn't tell. */
export const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'not-authenticated': 401,
  'key-unknown': 401,
  'key-revoked': 401,
  'key-expired': 401,
  'session-ended': 401,
  'host-not-allowed': 403,
  'cross-site-refused': 403,
  'role-missing': 403,
  'ingest-key-refused': 403,
  'endpoint-not-listed': 403,
  'content-type-unsupported': 415,
};

/** What is answered to an error (RFC 9457): the caller's mistakes in full, of ours that they are ours. */
export function toProblem(error: unknown, requestId: string): Problem {
  const answer = toAnswer(error);
  return { type: `urn:zantara:problem:${answer.code}`, ...answer, request_id: requestId };
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown): Problem {
  const problem = toProblem(error, request.id);
  if (problem.status === STATUS_OF_KIND.unavailable) void reply.header('retry-after', '2');
  if (problem.status === UNAUTHENTICATED) void reply.header('www-authenticate', challengeOf(problem));
  void reply.status(problem.status).type('application/problem+json').send(problem);
  return problem;
}

function toAnswer(error: unknown): Omit<Problem, 'type' | 'request_id'> {
  if (error instanceof ZantaraError) {
    const { code, message, remediation } = error;
    return { title: code, status: statusOf(error), detail: message, code, remediation };
  }
  const mistake = findMistake(error);
  if (mistake !== undefined) {
    const code = mistake.status === 404 ? 'not-found' : 'bad-request';
    return { ...mistake, code, remediation: 'Compare the request with /openapi.json.' };
  }
  return {
    title: 'internal-error',
    status: INTERNAL,
    detail: 'Something went wrong here.',
    code: 'internal-error',
    remediation: 'Look the request id up in the log of the orchestrator.',
  };
}

/** RFC 6750: without an error where nothing was sent. */
const challengeOf = ({ code }: Problem): string =>
  `Bearer realm="zantara"${code === 'not-authenticated' ? '' : ', error="invalid_token"'}`;

/** By the naming of our codes. */
function statusOf({ code, kind }: ZantaraError): number {
  const named = STATUS_OF_CODE[code];
  if (named !== undefined) return named;
  if (code.endsWith('not-implemented')) return NOT_IMPLEMENTED;
  return code.endsWith('not-found') ? 404 : STATUS_OF_KIND[kind];
}

/** What Nest or Fastify found wrong with a request. */
function findMistake(error: unknown): { title: string; status: number; detail: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  const status = error instanceof HttpException ? error.getStatus() : (error as Partial<FastifyError>).statusCode;
  if (status === undefined || status < 400 || status >= INTERNAL) return undefined;
  return { title: error.name, status, detail: error instanceof HttpException ? describeHttp(error) : error.message };
}

/** Nest's validation puts all complaints into `message`. */
function describeHttp(error: HttpException): string {
  const response = error.getResponse();
  if (typeof response === 'string' || !('message' in response)) return error.message;
  return Array.isArray(response.message) ? response.message.join('; ') : String(response.message);
}
