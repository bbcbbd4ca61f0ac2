import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { ServicePage } from '#libs/contracts';
import { ServiceSummarySchema } from '#libs/contracts/schemas';
import { ServiceQueries } from './service-queries.ts';
import { WholeListQuery } from './views/list-view.query.ts';
import { renderList } from './views/render-list.ts';

@Controller('api/services')
export class ServicesController {
  constructor(private readonly services: ServiceQueries) {}

  @Get()
  async list(
    @Query() { asOf, format }: WholeListQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServicePage | string> {
    return renderList(reply, await this.services.list(asOf), { format, columns: Object.keys(ServiceSummarySchema.shape) });
  }
}
