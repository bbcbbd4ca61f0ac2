import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { formatPosition } from '#libs/contracts';
import type { StoredEvent } from '#libs/event-store';
import { AnswerHeaders } from '../platform/http/answer-headers.ts';
import { Log } from '../platform/log/log.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';
import { toLogEvent } from '../platform/log/log-event.ts';
import { TooManyFollowersError } from './operations.errors.ts';
import { SseConnection, type SseFrame } from './sse-connection.ts';

const BATCH = 200;
const POLL_MS = 1000;
const HEARTBEAT_MS = 5_000;
const MAX_FOLLOWERS = 200;

export interface FollowOptions {
  url: string;
  after: number;
  types: readonly string[] | undefined;
  /** Asked again and again; a follower who is admitted no more is cut off. */
  isStillAdmitted: (() => Promise<boolean>) | undefined;
}

/** Serves the log as server-sent events; the id of each is its position, so that a reader resumes where it was cut off. */
@Injectable()
export class EventStream implements BeforeApplicationShutdown {
  private readonly open = new Set<SseConnection>();

  constructor(
    private readonly log: Log,
    private readonly answers: AnswerHeaders,
    private readonly logger: AppLogger,
  ) {}

  beforeApplicationShutdown(): void {
    for (const connection of this.open) connection.end();
  }

  /** @throws TooManyFollowersError */
  async follow(reply: FastifyReply, options: FollowOptions): Promise<void> {
    const headers = await this.answers.computeFor(options.url);
    if (this.open.size >= MAX_FOLLOWERS) throw new TooManyFollowersError(MAX_FOLLOWERS);
    const connection = new SseConnection(reply, { heartbeatMs: HEARTBEAT_MS, headers });
    this.open.add(connection);
    const leave = this.log.store.onAppended(() => connection.wake());
    this.serve(connection, options)
      .catch((error: unknown) => this.logger.problem('a follower was cut off', error))
      .finally(() => {
        leave();
        connection.end();
        this.open.delete(connection);
      });
  }

  private async serve(connection: SseConnection, { after, types, isStillAdmitted }: FollowOptions): Promise<void> {
    const logId = await this.answers.findLogId();
    if (logId !== undefined) connection.send({ event: 'log-id', data: JSON.stringify({ log_id: logId }) });
    const head = await this.log.store.head();
    let position = after;
    // A place that this log doesn't have belongs to another one: the reader has to begin anew.
    if (position > head.position) {
      connection.send({ event: 'reset', id: formatPosition(head.position), data: '{}' });
      position = head.position;
    }
    while (connection.isOpen && ((await isStillAdmitted?.()) ?? true)) {
      const events = await this.log.store.readAll({ after: position, limit: BATCH });
      position = events.at(-1)?.position ?? position;
      await connection.drain(events.filter(({ type }) => types?.includes(type) ?? true).map(toFrame));
      if (events.length < BATCH) await connection.waitForWake(POLL_MS);
    }
  }
}

const toFrame = (event: StoredEvent): SseFrame => ({
  event: 'log',
  id: formatPosition(event.position),
  data: JSON.stringify(toLogEvent(event)),
});
