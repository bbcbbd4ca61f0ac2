import { Injectable } from '@nestjs/common';
import { jetStreamName } from '#libs/contracts';
import type { StoredEvent } from '#libs/event-store';
import { NatsLink, readStreamEnd, type StreamEnd, UnexpectedSequenceError } from '#libs/messaging';
import { Clock } from '../platform/clock.ts';
import { Configuration } from '../platform/config/configuration.ts';
import { Log } from '../platform/log/log.ts';
import { FED_TYPES, findFeed } from './event-feeds.ts';
import { FeedAheadOfLogError } from './feed.errors.ts';
import { type FeedEnd, findPosition } from './feed-end.ts';
import { toFeedMessage } from './feed-message.ts';

/** This many are on their way at a time, and in memory. */
const PAGE = 500;

/**
 * Publishes the log into the feed's stream, each event once and in order. What the stream holds decides what is missing, so that
 * neither a lost end of it nor a repetition is seen by anybody; each message goes in only right behind the one before it, so that
 * two orchestrators at once can't double or reorder.
 */
@Injectable()
export class FeedPublisher {
  private readonly stream: string;
  /** Not known at first, and no longer after a failure. */
  private end: FeedEnd | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly log: Log,
    private readonly link: NatsLink,
    private readonly clock: Clock,
    private readonly config: Configuration,
  ) {
    this.stream = jetStreamName(config.tenant, 'feed');
  }

  /**
   * Publishes what the feed lacks of these events and of what comes before them.
   * @throws BrokerUnavailableError | LogUnavailableError | FeedAheadOfLogError
   */
  publish(events: readonly StoredEvent[]): Promise<void> {
    const before = (events[0]?.position ?? 1) - 1;
    const bring = (): Promise<void> => this.advance(async (end) => this.add(await this.fill(end, before), events));
    return this.inTurn(() =>
      bring().catch((error: unknown) => {
        // Somebody else was quicker. Another look shows what is left to do.
        if (error instanceof UnexpectedSequenceError) return bring();
        throw error;
      }),
    );
  }

  /**
   * Looks whether the stream still ends where it should, and publishes again what it has lost.
   * @throws BrokerUnavailableError | LogUnavailableError | FeedAheadOfLogError
   */
  mend(through: number): Promise<void> {
    return this.inTurn(async () => {
      const found = await readStreamEnd(this.link, this.stream);
      if (found.lastSequence !== this.end?.sequence) this.end = undefined;
      await this.advance((end) => this.fill(end, through));
    });
  }

  /** Resolves when nothing is on its way any more. */
  async idle(): Promise<void> {
    await this.turn;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async advance(work: (end: FeedEnd) => Promise<FeedEnd>): Promise<void> {
    const end = this.end ?? (await this.readEnd());
    this.end = undefined; // whatever fails now, the stream is looked at again
    this.end = await work(end);
  }

  private async fill(end: FeedEnd, through: number): Promise<FeedEnd> {
    let filled = end;
    while (filled.position < through) {
      const events = await this.log.store.readAll({ after: filled.position, limit: PAGE, types: FED_TYPES });
      const due = events.filter(({ position }) => position <= through);
      filled = await this.add(filled, due);
      if (due.length < PAGE) return { ...filled, position: through };
    }
    return filled;
  }

  private async add({ sequence, position }: FeedEnd, events: readonly StoredEvent[]): Promise<FeedEnd> {
    const place = { tenant: this.config.tenant, logId: await this.log.store.logId() };
    const messages = events.flatMap((event) => {
      const feed = event.position > position ? findFeed(event.type) : undefined;
      return feed === undefined ? [] : [toFeedMessage(event, { ...place, feed })];
    });
    await this.link.publishInOrder(messages, sequence);
    return { sequence: sequence + messages.length, position: Math.max(position, events.at(-1)?.position ?? 0) };
  }

  private async readEnd(): Promise<FeedEnd> {
    const found = await readStreamEnd(this.link, this.stream);
    const { store } = this.log;
    const position = findPosition(found, await store.logId()) ?? (await this.findBeginning(found));
    const { position: head } = await store.head();
    if (position > head) throw new FeedAheadOfLogError(this.stream, position, head);
    return { sequence: found.lastSequence, position };
  }

  /** A stream without a message of this log gets what it would still hold, had it always been there. */
  private findBeginning({ maxAgeMs }: StreamEnd): Promise<number> {
    return this.log.store.positionAt(new Date(this.clock.nowMs() - maxAgeMs));
  }
}
