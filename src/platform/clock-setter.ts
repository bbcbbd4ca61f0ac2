import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from './clock.ts';
import { Database } from './database/database.ts';
import { AppLogger } from './logging/app-logger.ts';

const INTERVAL_MS = 2_000;
/** The time in an answer that took longer is not that of now. */
const PROMPT_MS = 1_000;

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
    const askedAtMs = performance.now();
    try {
      const time = await this.database.readTime();
      if (performance.now() - askedAtMs <= PROMPT_MS) this.clock.setTo(time);
    } catch (error) {
      this.logger.problem('the clock could not be set, and goes on by itself', error);
    }
  }
}
