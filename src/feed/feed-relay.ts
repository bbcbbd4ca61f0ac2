import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { StoredEvent } from '#libs/event-store';
import { NatsLink } from '#libs/messaging';
import { failpoint } from '../platform/failpoint.ts';
import { Log } from '../platform/log/log.ts';
import { LogSubscriptions } from '../platform/log/log-subscriptions.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';
import { FeedPublisher } from './feed-publisher.ts';

const READER = 'feed';
/** Whoever follows live doesn't see the delay, and a message for each event is work enough without a reading for each. */
const MIN_STEP_MS = 100;
/** How long a loss in the stream may go unseen, where no reconnection tells of it. */
const LOOK_EVERY_MS = 2_000;

/** Follows the log into the feed, and looks again and again whether the feed still holds what it was given. */
@Injectable()
export class FeedRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private relayed = 0;
  private readonly undo: (() => void)[] = [];

  constructor(
    private readonly publisher: FeedPublisher,
    private readonly log: Log,
    private readonly link: NatsLink,
    private readonly logger: AppLogger,
    subscriptions: LogSubscriptions,
  ) {
    subscriptions.register(READER, (events) => this.relay(events), { minStepMs: MIN_STEP_MS });
  }

  onApplicationBootstrap(): void {
    const look = (): void => void this.mend().catch((error: unknown) => this.logger.problem('the feed was not mended', error));
    const timer = setInterval(look, LOOK_EVERY_MS);
    this.undo.push(() => clearInterval(timer), this.link.onReconnected(look));
    look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const take of this.undo.splice(0)) take();
    await this.publisher.idle();
  }

  private async relay(events: readonly StoredEvent[]): Promise<void> {
    await this.publisher.publish(events);
    await failpoint('feed.published');
    this.relayed = events.at(-1)?.position ?? this.relayed;
  }

  /** An outage is told of by the connection already. */
  private async mend(): Promise<void> {
    if (!this.link.isConnected) return;
    await this.publisher.mend(Math.max(this.relayed, await this.log.checkpoints.load(READER)));
  }
}
