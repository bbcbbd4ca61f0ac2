import { createHash, randomUUID } from 'node:crypto';
import { agentSubject, type Command, receiptSubject, type Result } from '#libs/contracts';
import { validateCommand, validateReceipt } from '#libs/contracts/schemas';
import { ack, type Settlement } from '#libs/messaging';
import type { AgentLedger, EffectLedger } from '#libs/testing';
import { AgentWire, type AgentWireOptions, BEAT_MS } from '../agents/agent-wire.ts';
import type { HealthBoard } from '../agents/health-board.ts';
import { blurt, leak } from '../agents/planted-secret.ts';

/**
 * What becomes of a service when it is to be restarted.
 * @param takenAtMs when the agent had the command, before it was written down; in milliseconds since 1970
 */
export type Behaviour = (agent: CrowdAgent, command: Command, takenAtMs: number) => void;

export interface CrowdAgentOptions extends AgentWireOptions {
  readonly serviceIds: readonly string[];
  readonly board: HealthBoard;
  readonly behave: Behaviour;
  readonly effects: EffectLedger;
  /** Gets into all that it says of errors and commands, and must not be found anywhere. */
  readonly secret?: string | undefined;
}

/** An agent that answers for many services and believes whom it hears, as nobody else publishes on its server. */
export class CrowdAgent {
  /** SHA-256 of what it said that nobody can take in. */
  readonly nonsense: string[] = [];
  /** What was reported, and whether a receipt came for it. */
  private readonly reports = new Map<string, boolean>();
  /** Failed checks running. */
  private readonly failing = new Map<string, number>();
  /** Being restarted, in which nobody reports anything. */
  private readonly acting = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly options: CrowdAgentOptions,
    private readonly wire: AgentWire,
  ) {}

  static async start(options: CrowdAgentOptions): Promise<CrowdAgent> {
    const agent = new CrowdAgent(options, await AgentWire.connect(options));
    for (const id of options.serviceIds) options.board.set(id, true);
    const { tenant, agentId } = options.address;
    agent.wire.link.subscribe(receiptSubject(tenant, agentId), ({ data }) => agent.takeReceipt(data));
    agent.wire.takeCommands(({ data }) => agent.take(data));
    agent.timer = setInterval(() => agent.tick(), BEAT_MS);
    agent.beat();
    return agent;
  }

  get ledger(): AgentLedger {
    const reports = [...this.reports].map(([reportId, receipted]) => ({ reportId, receipted }));
    return { ...this.options.effects.toAgentLedger(), reports };
  }

  get serviceIds(): readonly string[] {
    return this.options.serviceIds;
  }

  /** A service fails, which its agent sees and reports. Tells when the report went out, in milliseconds since 1970. */
  breakService(serviceId: string, reason: 'exited' | 'http-status' = 'exited'): number {
    this.options.board.set(serviceId, false);
    this.acting.delete(serviceId);
    return this.report(serviceId, reason);
  }

  isWell(serviceId: string): boolean {
    return this.options.board.isUp(serviceId);
  }

  /** A service works again, whoever did that. */
  mend(serviceId: string): void {
    this.failing.delete(serviceId);
    this.acting.delete(serviceId);
    this.options.board.set(serviceId, true);
  }

  say({ command_id: commandId }: Command, phase: Result['phase']): void {
    const { address, secret } = this.options;
    const leaked = secret === undefined ? {} : { detail: blurt(secret), evidence: leak(secret) };
    const result: Result = { v: 1, agent_id: address.agentId, command_id: commandId, phase, ...leaked };
    this.wire.sendOnce('result', { id: `${commandId}:${phase}`, body: result });
  }

  /** Nobody can take it in, and it must not be lost. */
  sayNonsense(): void {
    const { address, secret = '' } = this.options;
    const body = Buffer.from(`nonsense ${randomUUID()} ${blurt(secret)}`);
    this.nonsense.push(createHash('sha256').update(body).digest('hex'));
    this.wire.link.send({ subject: agentSubject(address, 'report'), body });
  }

  beat(): void {
    this.wire.beat(new Map(this.serviceIds.map((id) => [id, this.failing.get(id) ?? 0])));
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.wire.close();
    this.options.effects.close();
  }

  /** What fails on says so again. */
  private tick(): void {
    this.beat();
    for (const id of this.failing.keys()) if (!this.acting.has(id)) this.report(id, 'http-status');
  }

  private report(serviceId: string, reason: 'exited' | 'http-status'): number {
    const failures = (this.failing.get(serviceId) ?? 0) + 2;
    this.failing.set(serviceId, failures);
    const { secret } = this.options;
    const failure = this.wire.describeFailure({ serviceId, reason, failures: reason === 'exited' ? 0 : failures, secret });
    this.reports.set(failure.id, false);
    const sentAtMs = nowMs();
    this.wire.sendOnce('report', failure);
    return sentAtMs;
  }

  private takeReceipt(body: Uint8Array): void {
    const receipt = validateReceipt(JSON.parse(new TextDecoder().decode(body)));
    if (!receipt.valid) throw new Error(receipt.reason);
    if (receipt.value.kind === 'report') for (const id of receipt.value.ids) this.reports.set(id, true);
  }

  private async take(body: Uint8Array): Promise<Settlement> {
    const takenAtMs = nowMs();
    const command = validateCommand(JSON.parse(new TextDecoder().decode(body)));
    if (!command.valid) throw new Error(command.reason);
    const { command_id: commandId, target, fence } = command.value;
    const { effects, behave } = this.options;
    const effect = { commandId, target: target.service_id, fencePosition: Number(fence.position) };
    if (effects.hasBegun(commandId)) {
      effects.repeat(effect);
      return ack();
    }
    await effects.begin(effect);
    this.acting.add(target.service_id);
    behave(this, command.value, takenAtMs);
    return ack();
  }
}

const nowMs = (): number => performance.timeOrigin + performance.now();

/** As a good agent does it: at once, and it helps. */
export function restart(agent: CrowdAgent, command: Command): void {
  agent.say(command, 'acknowledged');
  agent.mend(command.target.service_id);
  agent.beat();
  agent.say(command, 'succeeded');
}
