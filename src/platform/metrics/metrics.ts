import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** What Prometheus may ask for. Names carry their units. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  readonly reports = new Counter({
    name: 'zantara_reports_total',
    help: 'Reports taken in, by outcome: appended, or repeated when they were known.',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });

  readonly deadLetters = new Counter({
    name: 'zantara_dead_letters_total',
    help: 'Messages and reports that could not be taken in, by reason.',
    labelNames: ['reason'] as const,
    registers: [this.registry],
  });

  readonly logHead = new Gauge({
    name: 'zantara_log_head_position',
    help: 'Last position of the log.',
    registers: [this.registry],
  });

  readonly readerPosition = new Gauge({
    name: 'zantara_reader_position',
    help: 'Checkpoint of each reader of the log; how far it lags is the head less this.',
    labelNames: ['reader'] as const,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
