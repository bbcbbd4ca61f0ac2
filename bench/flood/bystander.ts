import { randomUUID } from 'node:crypto';
import { receiptSubject } from '#libs/contracts';
import { validateReceipt } from '#libs/contracts/schemas';
import { type AgentLedger, waitUntil } from '#libs/testing';
import { AgentWire, type AgentWireOptions } from '../agents/agent-wire.ts';

const EVERY_MS = 25;

interface Sent {
  readonly sentAtMs: number;
  /** None came yet. */
  receiptedAtMs?: number;
}

export interface BystanderAccount {
  readonly ledger: AgentLedger;
  /** From the publication to the receipt, in milliseconds, in the order of the publications; endless where none came. */
  readonly timesMs: readonly number[];
}

/** Another agent, which reports errors of its own, one at a time, and waits for the receipt of each. */
export class Bystander {
  private readonly reports = new Map<string, Sent>();
  private timer: NodeJS.Timeout | undefined;

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
    return this.reports.size;
  }

  get account(): BystanderAccount {
    const all = [...this.reports.values()];
    const reports = [...this.reports].map(([reportId, { receiptedAtMs }]) => ({
      reportId,
      receipted: receiptedAtMs !== undefined,
    }));
    return {
      ledger: { agentId: this.options.address.agentId, reports, effects: [] },
      timesMs: all.map(({ sentAtMs, receiptedAtMs = Infinity }) => receiptedAtMs - sentAtMs),
    };
  }

  /** Reports nothing more, and waits for what has no receipt yet: those that come last are the slow ones. */
  async fallSilent(withinMs: number): Promise<void> {
    clearInterval(this.timer);
    const isDone = (): boolean => [...this.reports.values()].every(({ receiptedAtMs }) => receiptedAtMs !== undefined);
    await waitUntil(isDone, { withinMs }).catch(() => undefined);
  }

  private report(): void {
    const error = {
      id: randomUUID(),
      timestamp: new Date().toISOString(),
      source: `backend-${this.options.address.agentId}`,
      type: 'js-error',
      severity: 'low',
      data: { message: 'no such cart', exception_type: 'TypeError', sequence: this.reported + 1 },
      context: {},
    };
    this.reports.set(error.id, { sentAtMs: performance.now() });
    this.wire.sendOnce('report', { id: error.id, body: { items: [{ error }] } });
  }

  private takeReceipt(body: Uint8Array): void {
    const receipt = validateReceipt(JSON.parse(new TextDecoder().decode(body)));
    if (!receipt.valid) throw new Error(receipt.reason);
    for (const id of receipt.value.ids) {
      const sent = this.reports.get(id);
      if (sent !== undefined) sent.receiptedAtMs ??= performance.now();
    }
  }
}
