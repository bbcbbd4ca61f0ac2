import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { InboundMessage, Settlement } from '#libs/messaging';
import { JetStreamHandler } from '#libs/messaging/nest';
import { failpoint } from '../platform/failpoint.ts';
import { IntakePace } from './intake-pace.ts';
import { ReportsService } from './reports.service.ts';
import { ResultsService } from './results.service.ts';
import { SignalsService } from './signals.service.ts';

/** What agents say of commands, and count, waits for this long at most, in milliseconds, and shares appends with what comes meanwhile. */
const MIN_STEP_MS = 25;

/**
 * Few at a time, the next ones being read while these are stored: who comes behind a flood of another agent waits for these alone. What is
 * small is stored together with what was read before it.
 */
export const REPORTS = { batchSize: 50, batchBytes: 32 * 1024, batchesAtOnce: 4 };

/** Where messages come in from NATS. */
@Controller()
export class IntakeConsumer {
  constructor(
    private readonly reports: ReportsService,
    private readonly results: ResultsService,
    private readonly signals: SignalsService,
    private readonly pace: IntakePace,
  ) {}

  @JetStreamHandler('reports', REPORTS)
  async takeReports(@Payload() messages: readonly InboundMessage[]): Promise<readonly Settlement[]> {
    await failpoint('intake.received');
    await this.pace.keep();
    return this.reports.takeIn(messages);
  }

  @JetStreamHandler('results', { batchSize: 100, minStepMs: MIN_STEP_MS })
  async takeResults(@Payload() messages: readonly InboundMessage[]): Promise<readonly Settlement[]> {
    await failpoint('result.received');
    return this.results.takeIn(messages);
  }

  @JetStreamHandler('signals', { batchSize: 100, minStepMs: MIN_STEP_MS })
  takeSignals(@Payload() messages: readonly InboundMessage[]): Promise<readonly Settlement[]> {
    return this.signals.takeIn(messages);
  }
}
