import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { ProjectionStatus } from '../projections/projection-status.ts';

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

  readonly replacedCharacters = new Counter({
    name: 'zantara_replaced_characters_total',
    help: 'Characters that the database can not hold, stored as U+FFFD.',
    registers: [this.registry],
  });

  readonly waitingEvents: Gauge = new Gauge({
    name: 'zantara_append_queue_events',
    help: 'Events that wait to be appended to the log.',
    registers: [this.registry],
    collect: () => this.waitingEvents.set(this.readWaitingEvents()),
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

  readonly releaseOutdated = new Gauge({
    name: 'zantara_release_outdated',
    help: '1 while readers of the log wait for a newer release, which alone can read what comes next.',
    registers: [this.registry],
  });

  readonly goesFirst = new Gauge({
    name: 'zantara_goes_first',
    help: '1 where this orchestrator does what there is to do at once; the others do what it leaves lying for two seconds.',
    registers: [this.registry],
  });

  readonly projectionPosition = new Gauge({
    name: 'zantara_projection_position',
    help: 'Last position of the log that a read model shows.',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly projectionLag = new Gauge({
    name: 'zantara_projection_lag_seconds',
    help: 'How long ago the first event was recorded that a read model has not seen; 0 when it has seen all.',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly parkedKeys = new Gauge({
    name: 'zantara_projection_parked_keys',
    help: 'What a read model leaves alone since an event of it could not be handled.',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly anchoredPosition = new Gauge({
    name: 'zantara_anchored_position',
    help: 'Last position of the log that is anchored outside the database, by place.',
    labelNames: ['place'] as const,
    registers: [this.registry],
  });

  private readWaitingEvents = (): number => 0;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Of the generations that readers see. */
  setProjections(all: readonly ProjectionStatus[]): void {
    for (const { projection, position, lagMs, parkedKeys } of all.filter(({ state }) => state === 'live')) {
      this.projectionPosition.set({ projection }, position);
      this.projectionLag.set({ projection }, lagMs / 1000);
      this.parkedKeys.set({ projection }, parkedKeys);
    }
  }

  /** Asks for the length of the queue before the log whenever it is asked itself. */
  watchAppendQueue(read: () => number): void {
    this.readWaitingEvents = read;
  }
}
