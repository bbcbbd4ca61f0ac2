import { Controller, Get, NotFoundException, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DashboardFiles } from './dashboard-files.ts';

/** The page, whichever of its addresses somebody opens, and what is answered where nothing is. */
@Controller()
export class DashboardController {
  constructor(private readonly files: DashboardFiles) {}

  @Get(['/', '/incidents/:incident_id'])
  show(@Res() reply: FastifyReply): FastifyReply {
    return this.files.sendPage(reply);
  }

  @Get('*')
  showMissing(@Req() { url, headers: { accept = '' } }: FastifyRequest, @Res() reply: FastifyReply): FastifyReply {
    if (url.startsWith('/api/') || !accept.includes('text/html')) throw new NotFoundException(`Nothing is at ${url}`);
    return this.files.sendMissingPage(reply);
  }
}
