import { Controller, Get } from '@nestjs/common';
import { formatPosition, type ParkedKeyList, type ProjectionList } from '#libs/contracts';
import { Projections } from '../platform/projections/projections.ts';

const MAX_PARKED = 1_000;

/** How the read models are. */
@Controller('api/projections')
export class ProjectionsController {
  constructor(private readonly projections: Projections) {}

  @Get()
  async list(): Promise<ProjectionList> {
    const all = await this.projections.status();
    return {
      items: all.map(({ headPosition, lagMs, parkedKeys, position, ...rest }) => ({
        ...rest,
        position: formatPosition(position),
        lag_events: headPosition - position,
        lag_ms: lagMs,
        parked_keys: parkedKeys,
      })),
      next_cursor: null,
      position: formatPosition(Math.max(0, ...all.map(({ headPosition }) => headPosition))),
    };
  }

  @Get('parked')
  async listParked(): Promise<ParkedKeyList> {
    const [all, parked] = await Promise.all([this.projections.status(), this.projections.parked(MAX_PARKED)]);
    return {
      items: parked.map(({ eventType, heldBack, position, ...rest }) => ({
        ...rest,
        position: formatPosition(position),
        event_type: eventType,
        held_back: heldBack,
      })),
      next_cursor: null,
      position: formatPosition(Math.max(0, ...all.map(({ headPosition }) => headPosition))),
    };
  }
}
