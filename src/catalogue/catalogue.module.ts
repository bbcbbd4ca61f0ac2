import { Module } from '@nestjs/common';
import { Projections } from '../platform/projections/projections.ts';
import { AgentPulses } from './agent-pulses.ts';
import { CatalogueService } from './catalogue.service.ts';
import { serviceListProjection } from './service-list.projection.ts';
import { ServiceStatesService } from './service-states.service.ts';

@Module({ providers: [CatalogueService, AgentPulses, ServiceStatesService], exports: [CatalogueService, ServiceStatesService] })
export class CatalogueModule {
  constructor(projections: Projections) {
    projections.register(serviceListProjection);
  }
}
