import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { agentInboxPrefix, agentSubject, intakeConsumerName, jetStreamName, type PublisherAddress } from '#libs/contracts';
import { type TestNats, waitUntil } from '#libs/testing';
import type { FuzzMessage } from './fuzz-message.ts';
import type { Ledger } from './ledger.ts';
import { type Answer, RawPublisher } from './raw-publisher.ts';

export type Sender = Omit<PublisherAddress, 'kind'>;

/** Published and not yet answered. */
const MAX_IN_FLIGHT = 512;
/** Stored by the broker and not yet taken in; beyond it the sender rests, as the stream of signals forgets what is old. */
const MAX_BACKLOG = 20_000;
const LOOK_EVERY = 2_000;
const STREAMS = ['reports', 'results', 'signals'] as const;

/** Sends messages by an agent's credential, a bounded number at a time, and notes in the ledger what the broker says. */
export class MessageSender {
  private constructor(
    private readonly agent: Sender,
    private readonly publisher: RawPublisher,
    private readonly manager: JetStreamManager,
  ) {}

  static async open(nats: TestNats, agent: Sender): Promise<MessageSender> {
    const inboxPrefix = agentInboxPrefix(agent.agentId);
    const publisher = new RawPublisher({ url: nats.url, seed: nats.seed(agent.agentId), inboxPrefix });
    await publisher.connect();
    return new MessageSender(agent, publisher, await jetstreamManager(await nats.connectRaw('administrator')));
  }

  async sendAll(messages: Iterable<FuzzMessage>, ledger: Ledger): Promise<void> {
    const flying = new Set<Promise<void>>();
    let count = 0;
    for (const message of messages) {
      const flight: Promise<void> = this.sendNoted(message, ledger).finally(() => flying.delete(flight));
      flying.add(flight);
      count += 1;
      if (flying.size >= MAX_IN_FLIGHT) await Promise.race(flying);
      if (count % LOOK_EVERY === 0) await this.untilBacklogIsBelow(MAX_BACKLOG);
    }
    await Promise.all(flying);
  }

  send({ kind, headers, body }: Omit<FuzzMessage, 'mutation'>): Promise<Answer> {
    return this.publisher.publish({ subject: agentSubject(this.agent, kind), headers, body });
  }

  /** Until the orchestrator has settled everything that the broker holds. */
  untilSettled(): Promise<void> {
    return this.untilBacklogIsBelow(1);
  }

  close(): void {
    this.publisher.close();
  }

  private async sendNoted(message: FuzzMessage, ledger: Ledger): Promise<void> {
    const answer = await this.send(message);
    if (!answer.stored) ledger.refused(message);
    else if (answer.isDuplicate) ledger.repeated(message);
    else ledger.stored(message);
  }

  private untilBacklogIsBelow(limit: number): Promise<void> {
    return waitUntil(async () => (await this.countBacklog()) < limit, { withinMs: 600_000, everyMs: 20 });
  }

  private async countBacklog(): Promise<number> {
    const infos = await Promise.all(
      STREAMS.map((stream) => this.manager.consumers.info(jetStreamName(this.agent.tenant, stream), intakeConsumerName(stream))),
    );
    return infos.reduce((total, info) => total + info.num_pending + info.num_ack_pending, 0);
  }
}
