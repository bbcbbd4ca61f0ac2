import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { LOG_ID_HEADER } from '#libs/contracts';
import { Log } from '../log/log.ts';

const EVERYWHERE = {
  // Answers hold texts of others: no browser may take one for something else than it says it is.
  'x-content-type-options': 'nosniff',
  // And no page of others may load one.
  'cross-origin-resource-policy': 'same-origin',
};

/** What every answer says beside its content, problems and files included. */
@Injectable()
export class AnswerHeaders implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.host.httpAdapter.getInstance().addHook('onSend', async (request, reply) => {
      reply.headers(await this.computeFor(request.url));
    });
  }

  async computeFor(url: string): Promise<Record<string, string>> {
    if (!url.startsWith('/api/')) return EVERYWHERE;
    const logId = await this.findLogId();
    return { ...EVERYWHERE, 'cache-control': 'no-store', ...(logId !== undefined && { [LOG_ID_HEADER]: logId }) };
  }

  /** Which log this is; nothing while the database can't be asked. Once known it is known. */
  async findLogId(): Promise<string | undefined> {
    try {
      return await this.log.store.logId();
    } catch {
      // The answer goes out without it. Whatever needs the database tells that it is away.
      return undefined;
    }
  }
}
