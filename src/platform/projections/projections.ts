import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.ts';
import { LogSubscriptions } from '../log/log-subscriptions.ts';
import { ProjectionTransaction } from './projection-transaction.ts';
import type { Projection } from './projection.ts';

/** Runs the read models, each with its own checkpoint. */
@Injectable()
export class Projections {
  constructor(
    private readonly database: Database,
    private readonly subscriptions: LogSubscriptions,
  ) {}

  register(projection: Projection): void {
    const transaction = new ProjectionTransaction(this.database.pool, projection);
    this.subscriptions.register(projection.name, (events) => transaction.handle(events), transaction);
  }
}
