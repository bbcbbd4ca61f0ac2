import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { BrokerClock } from './broker-clock.ts';
import { DeadLettersService } from './dead-letters.service.ts';
import { IntakeConsumer } from './intake.consumer.ts';
import { IntakePace } from './intake-pace.ts';
import { ReceiptsService } from './receipts.service.ts';
import { ReportCompanions } from './report-companions.service.ts';
import { ReportsService } from './reports.service.ts';
import { ResultsService } from './results.service.ts';
import { SampleRetention } from './sample-retention.ts';
import { SignalsService } from './signals.service.ts';

@Module({
  imports: [CatalogueModule],
  controllers: [IntakeConsumer],
  providers: [
    BrokerClock,
    DeadLettersService,
    IntakePace,
    ReceiptsService,
    ReportCompanions,
    ReportsService,
    ResultsService,
    SignalsService,
    SampleRetention,
  ],
  exports: [DeadLettersService, ReportCompanions],
})
export class IntakeModule {}
