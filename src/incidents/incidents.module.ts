import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { IncidentsProcessor } from './incidents.processor.ts';
import { IncidentsService } from './incidents.service.ts';
import { OccurrencesService } from './occurrences.service.ts';
import { ServiceIncidents } from './service-incidents.service.ts';

@Module({
  imports: [CatalogueModule],
  providers: [IncidentsService, OccurrencesService, ServiceIncidents, IncidentsProcessor],
  exports: [IncidentsService, ServiceIncidents],
})
export class IncidentsModule {}
