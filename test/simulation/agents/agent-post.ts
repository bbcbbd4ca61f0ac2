import { computeAgeMs, type MonotonicClock, Outbox, type OutboxItem, type OutboxStorage } from '#libs/agent-core';
import { type AgentAddress, agentSubject, HEADERS, type Result } from '#libs/contracts';
import type { SimLink } from '../bus/link.ts';

export interface PostOptions {
  readonly link: SimLink;
  readonly clock: MonotonicClock;
  readonly address: AgentAddress;
  readonly bootId: string;
}

interface Letter {
  readonly kind: OutboxItem['kind'];
  readonly body: object;
  readonly ageMs: number;
  readonly messageId: string;
}

const MOST_ITEMS = 1_000;
const MOST_BYTES = 1e7;
/** Of an item from before the machine was restarted nobody knows the age. */
const OLD_MS = 604_800_000;

/** Sends what is in an agent's outbox, each item by itself, until there is a receipt. */
export class AgentPost {
  private isSending = false;

  private constructor(
    readonly outbox: Outbox,
    private readonly options: PostOptions,
  ) {}

  static async open(storage: OutboxStorage, options: PostOptions): Promise<AgentPost> {
    const { clock } = options;
    return new AgentPost(await Outbox.open({ storage, clock, maxItems: MOST_ITEMS, maxBytes: MOST_BYTES }), options);
  }

  async put({ id, kind, body }: Pick<OutboxItem, 'id' | 'kind' | 'body'>): Promise<void> {
    const { clock } = this.options;
    const observed = { epoch: clock.epoch, ms: clock.nowMs() };
    await this.outbox.add({ id, kind, severity: 'critical', body, observed });
    this.flush();
  }

  /** Says it past the outbox, under another name each time. */
  async repeat(body: Result): Promise<void> {
    const messageId = `again ${body.command_id} ${this.options.clock.nowMs()}`;
    await this.publish({ kind: 'result', body, ageMs: 0, messageId });
  }

  /** What is due, one run at a time. */
  flush(): void {
    if (this.isSending || !this.options.link.isConnected) return;
    this.isSending = true;
    void this.sendDue().finally(() => {
      this.isSending = false;
    });
  }

  private async sendDue(): Promise<void> {
    const { clock, bootId, address } = this.options;
    for (const { item, attempt } of this.outbox.takeDue(MOST_ITEMS)) {
      const { id, kind } = item;
      const body = kind === 'result' ? item.body : { v: 1, agent_id: address.agentId, items: [item.body] };
      const ageMs = computeAgeMs(clock, item.observed) ?? OLD_MS;
      const isTaken = await this.publish({ kind, body, ageMs, messageId: `${id}/${bootId.slice(-12)}/${attempt}` });
      if (isTaken) this.outbox.acknowledge([id]);
      else this.outbox.fail([id]);
    }
  }

  private async publish({ kind, body, ageMs, messageId }: Letter): Promise<boolean> {
    const { link, address } = this.options;
    const headers = { [HEADERS.ageMs]: String(Math.round(ageMs)) };
    try {
      await link.publish({ subject: agentSubject(address, kind), body: Buffer.from(JSON.stringify(body)), messageId, headers });
      return true;
    } catch {
      // It is sent again, as everything without a receipt is.
      return false;
    }
  }
}
