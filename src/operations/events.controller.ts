import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { formatPosition, type LogEventPage, parsePosition } from '#libs/contracts';
import type { AdmittedRequest } from '../platform/http/principal.ts';
import { Log } from '../platform/log/log.ts';
import { EventStream } from './event-stream.ts';
import { toLogEvent } from '../platform/log/log-event.ts';
import { AsOfUnsupportedError } from './operations.errors.ts';
import { FollowEventsQuery, ReadEventsQuery } from './read-events.query.ts';
import { SSE_TYPE } from './sse-connection.ts';

@Controller('api/events')
export class EventsController {
  constructor(
    private readonly log: Log,
    private readonly stream: EventStream,
  ) {}

  @Get()
  async list(@Query() query: ReadEventsQuery): Promise<LogEventPage> {
    if (query.asOf !== undefined) throw new AsOfUnsupportedError('the log');
    const after = parsePosition(query.after ?? '0');
    const { limit, types, stream } = query;
    const head = await this.log.store.head();
    const events =
      stream === undefined
        ? await this.log.store.readAll({ after, limit, ...(types === undefined ? {} : { types }) })
        : await this.log.store.readStream(stream, { after, limit });
    const last = events.at(-1);
    return {
      // A page of a stream holds what is wanted of the events that were read for it: a rare type must not have all of them read.
      items: events.filter(({ type }) => types?.includes(type) ?? true).map(toLogEvent),
      next_cursor: events.length === limit && last !== undefined ? formatPosition(last.position) : null,
      position: formatPosition(Math.max(head.position, last?.position ?? 0)),
    };
  }

  @Get('stream')
  async follow(
    @Query() query: FollowEventsQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() { url, method, isStillAdmitted }: AdmittedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (method === 'HEAD') return void reply.type(SSE_TYPE).send();
    const from = lastEventId ?? query.after;
    const after = from === undefined ? (await this.log.store.head()).position : parsePosition(from);
    await this.stream.follow(reply, { url, after, types: query.types, isStillAdmitted });
  }
}
