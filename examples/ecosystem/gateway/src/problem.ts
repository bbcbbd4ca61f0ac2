import type { FastifyReply, RawServerBase, RouteGenericInterface } from 'fastify';

export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

/** An answer that says what went wrong in a form that programs read (RFC 9457). */
export function sendProblem(reply: FastifyReply<RouteGenericInterface, RawServerBase>, problem: Problem): void {
  void reply.code(problem.status).header('content-type', 'application/problem+json').send(problem);
}

/** What became of a request that an upstream did not answer. */
export function describeUpstreamError(upstream: string, error: Error): Problem {
  if ('statusCode' in error && error.statusCode === 504) {
    return { status: 504, title: 'Gateway Timeout', detail: `${upstream} did not answer in time` };
  }
  return { status: 502, title: 'Bad Gateway', detail: `${upstream} can not be reached` };
}
