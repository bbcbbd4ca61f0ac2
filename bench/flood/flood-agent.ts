import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AgentAddress, receiptSubject, type Result } from '#libs/contracts';
import { validateCommand, validateReceipt } from '#libs/contracts/schemas';
import { ack, type Settlement } from '#libs/messaging';
import type { AgentLedger } from '#libs/testing';
import { AgentWire, type AgentWireOptions, BEAT_MS } from '../agents/agent-wire.ts';

export interface FloodAgentOptions extends AgentWireOptions {
  readonly address: AgentAddress;
  readonly serviceId: string;
}

/** As many reports go into a message as an agent of ours puts there at most. */
const REPORTS_PER_MESSAGE = 50;
const STEP_MS = 10;

/** An agent whose service fails in one and the same way without end, which no restart helps. */
export class FloodAgent {
  readonly effects: AgentLedger['effects'][number][] = [];
  private readonly repeated: AgentLedger['effects'][number][] = [];
  /** What was reported, and whether a receipt came for it. */
  private readonly reports = new Map<string, boolean>();
  private receipts = 0;
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly options: FloodAgentOptions,
    private readonly wire: AgentWire,
  ) {}

  static async start(options: FloodAgentOptions): Promise<FloodAgent> {
    const agent = new FloodAgent(options, await AgentWire.connect(options));
    const { tenant, agentId } = options.address;
    agent.wire.link.subscribe(receiptSubject(tenant, agentId), ({ data }) => agent.takeReceipt(data));
    agent.wire.takeCommands(({ data }) => agent.take(data));
    agent.timer = setInterval(() => agent.beat(), BEAT_MS);
    agent.beat();
    return agent;
  }

  get ledger(): AgentLedger {
    const reports = [...this.reports].map(([reportId, receipted]) => ({ reportId, receipted }));
    return { agentId: this.options.address.agentId, reports, effects: this.effects, repeated: this.repeated };
  }

  /** How many reports have a receipt. */
  get receipted(): number {
    return this.receipts;
  }

  /**
   * Reports the same error so many times.
   *
   * @param perSecond as fast as they can be sent unless given
   */
  async flood(count: number, perSecond = Infinity): Promise<void> {
    const beganAtMs = performance.now();
    for (let sent = 0; sent < count;) {
      const due = Math.min(count, ((performance.now() - beganAtMs) / 1_000) * perSecond);
      for (; sent < due; sent += REPORTS_PER_MESSAGE) this.sendMessage(Math.min(REPORTS_PER_MESSAGE, count - sent));
      await sleep(STEP_MS);
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.wire.close();
  }

  private sendMessage(count: number): void {
    const failures = Array.from({ length: count }, () =>
      this.wire.describeFailure({ serviceId: this.options.serviceId, reason: 'http-status', failures: 2 }),
    );
    for (const { id } of failures) this.reports.set(id, false);
    const items = failures.flatMap(({ body }) => body.items);
    this.wire.sendOnce('report', { id: randomUUID(), body: { items } });
  }

  private takeReceipt(body: Uint8Array): void {
    const receipt = validateReceipt(JSON.parse(new TextDecoder().decode(body)));
    if (!receipt.valid) throw new Error(receipt.reason);
    for (const id of receipt.value.ids) {
      if (this.reports.get(id) === false) this.receipts += 1;
      if (this.reports.has(id)) this.reports.set(id, true);
    }
  }

  /** Says that it has done what it was told, and nothing is better. */
  private async take(body: Uint8Array): Promise<Settlement> {
    const command = validateCommand(JSON.parse(new TextDecoder().decode(body)));
    if (!command.valid) throw new Error(command.reason);
    const { command_id: commandId, target, fence } = command.value;
    const effect = { commandId, target: target.service_id, fencePosition: Number(fence.position) };
    const isRepeated = this.effects.some((begun) => begun.commandId === commandId);
    (isRepeated ? this.repeated : this.effects).push(effect);
    if (isRepeated) return ack();
    for (const phase of ['acknowledged', 'succeeded'] as const) {
      const result: Result = { v: 1, agent_id: this.options.address.agentId, command_id: commandId, phase };
      this.wire.sendOnce('result', { id: `${commandId}:${phase}`, body: result });
    }
    return ack();
  }

  private beat(): void {
    this.wire.beat(new Map([[this.options.serviceId, this.reports.size === 0 ? 0 : 2]]));
  }
}
