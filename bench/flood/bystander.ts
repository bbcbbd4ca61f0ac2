import { randomUUID } from 'node:crypto';
import { receiptSubject } from '#libs/contracts';
import { validateReceipt } from '#libs/contracts/schemas';
import { AgentWire, type AgentWireOptions } from '../agents/agent-wire.ts';

const EVERY_MS = 25;

/** Another agent, which reports errors of its own, one at a time, and waits for the receipt of each. */
export class Bystander {
  private readonly sentAtMs = new Map<string, number>();
  private times: number[] = [];
  private timer: NodeJS.Timeout | undefined;
  private count = 0;

  private constructor(
    private readonly options: AgentWireOptions,
    private readonly wire: AgentWire,
  ) {}

  static async start(options: AgentWireOptions): Promise<Bystander> {
    const bystander = new Bystander(options, await AgentWire.connect(options));
    const { tenant, agentId } = options.address;
    bystander.wire.link.subscribe(receiptSubject(tenant, agentId), ({ data }) => bystander.takeReceipt(data));
    bystander.timer = setInterval(() => bystander.report(), EVERY_MS);
    return bystander;
  }

  /** How many reports it has made. */
  get reported(): number {
    return this.count;
  }

  /** From the publication to the receipt, in milliseconds, in order of size, of all since it was asked before. */
  takeTimes(): number[] {
    const { times } = this;
    this.times = [];
    return times.toSorted((one, other) => one - other);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.wire.close();
  }

  private report(): void {
    this.count += 1;
    const error = {
      id: randomUUID(),
      timestamp: new Date().toISOString(),
      source: `backend-${this.options.address.agentId}`,
      type: 'js-error',
      severity: 'low',
      data: { message: 'no such cart', exception_type: 'TypeError', sequence: this.count },
      context: {},
    };
    this.sentAtMs.set(error.id, performance.now());
    this.wire.sendOnce('report', { id: error.id, body: { items: [{ error }] } });
  }

  private takeReceipt(body: Uint8Array): void {
    const receipt = validateReceipt(JSON.parse(new TextDecoder().decode(body)));
    if (!receipt.valid) throw new Error(receipt.reason);
    for (const id of receipt.value.ids) {
      const sentAtMs = this.sentAtMs.get(id);
      if (sentAtMs !== undefined) this.times.push(performance.now() - sentAtMs);
      this.sentAtMs.delete(id);
    }
  }
}
