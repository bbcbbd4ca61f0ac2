import { Module } from '@nestjs/common';
import { AgentPulses } from './agent-pulses.ts';
import { CatalogueService } from './catalogue.service.ts';
import { ServiceStatesService } from './service-states.service.ts';

@Module({ providers: [CatalogueService, AgentPulses, ServiceStatesService], exports: [CatalogueService, ServiceStatesService] })
export class CatalogueModule {}
