import { Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { Database } from '../platform/database/database.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';

const HOUR_MS = 3_600_000;

/** Forgets metric samples after seven days. */
@Injectable()
export class SampleRetention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly logger: AppLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.forgetOld(), HOUR_MS);
    // At once too: a process that is started anew each hour would never come to it.
    void this.forgetOld();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async forgetOld(): Promise<void> {
    try {
      await this.database.query("DELETE FROM metric_samples WHERE stored_at < now() - interval '7 days'");
    } catch (error) {
      this.logger.problem('old metric samples could not be deleted', error);
    }
  }
}
