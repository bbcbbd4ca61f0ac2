import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { ForeseenIncidents } from './foreseen-incidents.service.ts';
import { IncidentsProcessor } from './incidents.processor.ts';
import { IncidentsService } from './incidents.service.ts';
import { OccurrencesService } from './occurrences.service.ts';
import { ServiceIncidents } from './service-incidents.service.ts';

@Module({
  imports: [CatalogueModule],
  providers: [IncidentsService, OccurrencesService, ForeseenIncidents, ServiceIncidents, IncidentsProcessor],
  exports: [IncidentsService, ForeseenIncidents, ServiceIncidents],
})
export class IncidentsModule {}
