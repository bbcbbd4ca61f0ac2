import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from './clock.ts';
import { Database } from './database/database.ts';
import { AppLogger } from './logging/app-logger.ts';

const INTERVAL_MS = 10_000;

/** Asks the database for the time now and then: clocks are corrected, and ours stands still while a machine sleeps. */
@Injectable()
export class ClockSetter implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly logger: AppLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.set(), INTERVAL_MS);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async set(): Promise<void> {
    try {
      this.clock.setTo(await this.database.readTime());
    } catch (error) {
      this.logger.problem('the clock could not be set, and goes on by itself', error);
    }
  }
}
