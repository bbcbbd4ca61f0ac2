import { jetstreamManager, type JetStreamManager, type StoredMsg } from '@nats-io/jetstream';
import { HEADERS, jetStreamName } from '#libs/contracts';
import { ensureStreams, type NatsLink } from '#libs/messaging';
import { buildEvent, startTestNats, type TestNats } from '#libs/testing';
import type { StoredEvent } from '#libs/event-store';
import { FeedPublisher } from '../../src/feed/feed-publisher.ts';
import type { Log } from '../../src/platform/log/log.ts';
import { buildConfiguration } from './configuration-builder.ts';
import { buildLog, readWhole } from './log-builder.ts';
import { ManualClock } from './manual-clock.ts';

const TENANT = 'test';
export const FEED_STREAM = jetStreamName(TENANT, 'feed');

/** A log in memory and the feed's stream on a real NATS server, with as many publishers between them as are asked for. */
export class FeedStage {
  readonly clock = new ManualClock();
  log: Log = buildLog(this.clock);

  private constructor(
    readonly nats: TestNats,
    readonly link: NatsLink,
    readonly streams: JetStreamManager['streams'],
  ) {}

  static async start(): Promise<FeedStage> {
    const nats = await startTestNats({ tenant: TENANT });
    const link = await nats.connectOrchestrator();
    await ensureStreams(link, TENANT);
    return new FeedStage(nats, link, (await jetstreamManager(link.connection)).streams);
  }

  /** An orchestrator that knows nothing yet of how far the feed goes. */
  createPublisher(link = this.link): FeedPublisher {
    return new FeedPublisher(this.log, link, this.clock, buildConfiguration({ TENANT }));
  }

  /** Another log with the same feed. */
  beginNewLog(): void {
    this.log = buildLog(this.clock);
  }

  /** @returns the whole log */
  async append(...types: string[]): Promise<StoredEvent[]> {
    const events = types.map((type) => buildEvent({ type }));
    await this.log.store.append({ writes: [{ stream: 'any', expected: 'any', events }] });
    return readWhole(this.log);
  }

  /** As it was made at the first start. */
  async makeStreamAnew(): Promise<void> {
    await this.streams.delete(FEED_STREAM);
    await ensureStreams(this.link, TENANT);
  }

  /** All messages of the feed that are of this log, in order. */
  async read(): Promise<StoredMsg[]> {
    const { state } = await this.streams.info(FEED_STREAM);
    const logId = await this.log.store.logId();
    const messages: StoredMsg[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
      const message = await this.streams.getMessage(FEED_STREAM, { seq });
      if (message?.header.get(HEADERS.logId) === logId) messages.push(message);
    }
    return messages;
  }

  async readPositions(): Promise<number[]> {
    return (await this.read()).map(({ header }) => Number(header.get(HEADERS.position)));
  }
}
