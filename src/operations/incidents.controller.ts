import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { formatPosition, type IncidentDetail, type IncidentPage } from '#libs/contracts';
import { IncidentSummarySchema } from '#libs/contracts/schemas';
import { IncidentQueries } from './incident-queries.ts';
import { ListIncidentsQuery } from './list-incidents.query.ts';
import { IncidentNotFoundError } from './operations.errors.ts';
import { TimelineService } from './timeline.service.ts';
import { AsOfQuery } from './views/list-view.query.ts';
import { renderList } from './views/render-list.ts';

@Controller('api/incidents')
export class IncidentsController {
  constructor(
    private readonly incidents: IncidentQueries,
    private readonly timeline: TimelineService,
  ) {}

  @Get()
  async list(
    @Query() query: ListIncidentsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IncidentPage | string> {
    const page = await this.incidents.list(query);
    return renderList(reply, page, { format: query.format, columns: Object.keys(IncidentSummarySchema.shape) });
  }

  @Get(':incident_id')
  async show(@Param('incident_id') incidentId: string, @Query() { asOf }: AsOfQuery): Promise<IncidentDetail> {
    const found = await this.incidents.find(incidentId, asOf);
    if (found === undefined) throw new IncidentNotFoundError(incidentId);
    const through = asOf === undefined ? Number.POSITIVE_INFINITY : found.position;
    const story = await this.timeline.load(incidentId, { openedAt: new Date(found.summary.opened_at), through });
    return { ...found.summary, ...story, position: formatPosition(found.position) };
  }
}
