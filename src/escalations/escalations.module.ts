import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { IncidentsModule } from '../incidents/incidents.module.ts';
import { EscalationCloser } from './escalation-closer.service.ts';
import { EscalationsController } from './escalations.controller.ts';
import { EscalationsProcessor } from './escalations.processor.ts';
import { EscalationsService } from './escalations.service.ts';
import { MessagesService } from './message/messages.service.ts';
import { NotifierService } from './notifying/notifier.service.ts';
import { ReplayService } from './notifying/replay.service.ts';
import { RootCauses } from './root-causes.service.ts';

@Module({
  imports: [CatalogueModule, IncidentsModule],
  controllers: [EscalationsController],
  providers: [
    EscalationsService,
    RootCauses,
    EscalationsProcessor,
    EscalationCloser,
    MessagesService,
    NotifierService,
    ReplayService,
  ],
})
export class EscalationsModule {}
