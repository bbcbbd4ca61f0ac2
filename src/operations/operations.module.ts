import { Module } from '@nestjs/common';
import { DashboardController } from './dashboard.controller.ts';
import { DashboardFiles } from './dashboard-files.ts';
import { EventStream } from './event-stream.ts';
import { EventsController } from './events.controller.ts';
import { HealthController } from './health.controller.ts';
import { IncidentQueries } from './incident-queries.ts';
import { IncidentsController } from './incidents.controller.ts';
import { MetricsController } from './metrics.controller.ts';
import { OpenApiController } from './openapi.controller.ts';
import { ReadinessService } from './readiness.service.ts';
import { ServiceQueries } from './service-queries.ts';
import { ServicesController } from './services.controller.ts';
import { ProjectionsController } from './projections.controller.ts';
import { TimelineService } from './timeline.service.ts';
import { LearningModule } from '../learning/learning.module.ts';
import { AsOf } from './views/as-of.ts';
import { FixRates } from './views/fix-rates.ts';
import { ViewQueries } from './views/view-queries.ts';
import { ViewsController } from './views/views.controller.ts';

@Module({
  imports: [LearningModule],
  controllers: [
    IncidentsController,
    ServicesController,
    EventsController,
    ProjectionsController,
    ViewsController,
    HealthController,
    MetricsController,
    OpenApiController,
    DashboardController,
  ],
  providers: [
    IncidentQueries,
    ServiceQueries,
    AsOf,
    FixRates,
    ViewQueries,
    TimelineService,
    EventStream,
    DashboardFiles,
    ReadinessService,
  ],
})
export class OperationsModule {}
