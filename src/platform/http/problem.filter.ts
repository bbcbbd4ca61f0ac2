import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppLogger } from '../logging/app-logger.ts';
import { INTERNAL, NOT_IMPLEMENTED, sendProblem } from './problem.ts';

/** Every error leaves as application/problem+json; ours are told in the log. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: AppLogger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { status } = sendProblem(request, http.getResponse<FastifyReply>(), error);
    if (status >= INTERNAL && status !== NOT_IMPLEMENTED)
      this.logger.problem('a request failed', error, { request_id: request.id, url: request.url });
  }
}
