import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DashboardFiles } from './dashboard-files.ts';

/** The page, whichever of its addresses somebody opens. */
@Controller()
export class DashboardController {
  constructor(private readonly files: DashboardFiles) {}

  @Get(['/', '/incidents/:incident_id'])
  show(@Res() reply: FastifyReply): FastifyReply {
    return this.files.sendPage(reply);
  }
}
