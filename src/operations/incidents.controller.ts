import { Controller, Get, Param, Query } from '@nestjs/common';
import type { IncidentDetail, IncidentPage } from '#libs/contracts';
import { IncidentQueries } from './incident-queries.ts';
import { ListIncidentsQuery } from './list-incidents.query.ts';
import { IncidentNotFoundError } from './operations.errors.ts';
import { TimelineService } from './timeline.service.ts';

@Controller('api/incidents')
export class IncidentsController {
  constructor(
    private readonly incidents: IncidentQueries,
    private readonly timeline: TimelineService,
  ) {}

  @Get()
  list(@Query() query: ListIncidentsQuery): Promise<IncidentPage> {
    return this.incidents.list(query);
  }

  @Get(':incident_id')
  async show(@Param('incident_id') incidentId: string): Promise<IncidentDetail> {
    const found = await this.incidents.find(incidentId);
    if (found === undefined) throw new IncidentNotFoundError(incidentId);
    const story = await this.timeline.load(incidentId, new Date(found.summary.opened_at));
    return { ...found.summary, ...story, position: found.position };
  }
}
