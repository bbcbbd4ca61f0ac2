import { Injectable } from '@nestjs/common';
import { LogSubscriptions } from '../platform/log/log-subscriptions.ts';
import { Projections } from '../platform/projections/projections.ts';

/** Keeps the read models up with the log. */
@Injectable()
export class ReadModelFollower {
  constructor(projections: Projections, subscriptions: LogSubscriptions) {
    projections.follow(subscriptions);
  }
}
