import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { jetStreamName } from '#libs/contracts';
import { NatsLink, readBrokerTime } from '#libs/messaging';
import { Clock } from '../platform/clock.ts';
import { Configuration } from '../platform/config/configuration.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';

const INTERVAL_MS = 10_000;
/** The time in an answer that took longer says too little. */
const PROMPT_MS = 1_000;

/** Asks the broker for the time now and then, as what it stores carries its time. */
@Injectable()
export class BrokerClock implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly link: NatsLink,
    private readonly config: Configuration,
    private readonly logger: AppLogger,
  ) {}

  /** Before the first message is taken in. */
  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.read(), INTERVAL_MS);
    await this.read();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** While it is away nothing comes from it either. */
  private async read(): Promise<void> {
    if (!this.link.isConnected) return;
    const askedAtMs = performance.now();
    try {
      const time = await readBrokerTime(this.link, jetStreamName(this.config.tenant, 'reports'));
      const tookMs = performance.now() - askedAtMs;
      if (tookMs <= PROMPT_MS) this.clock.setBrokerTo(time, askedAtMs + tookMs / 2);
    } catch (error) {
      this.logger.problem("the broker's clock could not be read, and is taken to go on as before", error);
    }
  }
}
