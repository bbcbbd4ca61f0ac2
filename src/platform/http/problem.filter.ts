import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, ZantaraError } from '#libs/contracts';
import { AppLogger } from '../logging/app-logger.ts';

const STATUS_OF_KIND = { invalid: 400, rejected: 409, unavailable: 503 } as const;
const INTERNAL = 500;

type Answer = Omit<Problem, 'type' | 'request_id'>;

/** Every error leaves as application/problem+json (RFC 9457): the caller's mistakes in full, ours in the log only. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: AppLogger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const answer = toAnswer(error);
    if (answer.status >= INTERNAL) this.logger.problem('a request failed', error, { request_id: request.id, url: request.url });
    if (answer.status === STATUS_OF_KIND.unavailable) void reply.header('retry-after', '2');
    const problem: Problem = { type: `urn:zantara:problem:${answer.code}`, ...answer, request_id: request.id };
    void reply.status(answer.status).type('application/problem+json').send(problem);
  }
}

function toAnswer(error: unknown): Answer {
  if (error instanceof ZantaraError) {
    const { code, message, remediation, kind } = error;
    return { title: code, status: isAbsence(code) ? 404 : STATUS_OF_KIND[kind], detail: message, code, remediation };
  }
  if (error instanceof HttpException && error.getStatus() < INTERNAL) {
    return {
      title: error.name,
      status: error.getStatus(),
      detail: describeHttp(error),
      code: error.getStatus() === 404 ? 'not-found' : 'bad-request',
      remediation: 'Compare the request with /openapi.json.',
    };
  }
  return {
    title: 'internal-error',
    status: INTERNAL,
    detail: 'Something went wrong here.',
    code: 'internal-error',
    remediation: 'Look the request id up in the log of the orchestrator.',
  };
}

/** By the naming of our codes. */
const isAbsence = (code: string): boolean => code.endsWith('not-found');

/** Nest's validation puts all complaints into `message`. */
function describeHttp(error: HttpException): string {
  const response = error.getResponse();
  if (typeof response === 'string' || !('message' in response)) return error.message;
  return Array.isArray(response.message) ? response.message.join('; ') : String(response.message);
}
