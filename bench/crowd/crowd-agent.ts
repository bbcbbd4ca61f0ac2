import { randomUUID } from 'node:crypto';
import {
  type AgentAddress,
  agentInboxPrefix,
  agentSubject,
  type Command,
  HEADERS,
  type MessageKind,
  type Result,
} from '#libs/contracts';
import { validateCommand } from '#libs/contracts/schemas';
import { ack, connectToNats, type NatsLink, pullCommands, type RunningConsumer, type Settlement } from '#libs/messaging';
import type { AgentLedger } from '#libs/testing';
import type { HealthBoard } from '../misbehaviour/health-board.ts';

/** What becomes of a service when it is to be restarted. */
export type Behaviour = (agent: CrowdAgent, command: Command) => void;

export interface CrowdAgentOptions {
  readonly natsUrl: string;
  readonly nkeySeed: string;
  readonly address: AgentAddress;
  readonly serviceIds: readonly string[];
  readonly board: HealthBoard;
  readonly behave: Behaviour;
}

const BEAT_MS = 5_000;

/** An agent that answers for many services and believes whom it hears, as nobody else publishes on its server. */
export class CrowdAgent {
  readonly effects: AgentLedger['effects'][number][] = [];
  /** Failed checks running. */
  private readonly failing = new Map<string, number>();
  /** Being restarted, in which nobody reports anything. */
  private readonly acting = new Set<string>();
  private readonly bootId = randomUUID();
  private sequence = 0;
  private timer: NodeJS.Timeout | undefined;
  private commands: RunningConsumer | undefined;

  private constructor(
    private readonly options: CrowdAgentOptions,
    private readonly link: NatsLink,
  ) {}

  static async start(options: CrowdAgentOptions): Promise<CrowdAgent> {
    const { natsUrl: servers, nkeySeed, address } = options;
    const { tenant, agentId } = address;
    const log = (): void => undefined;
    const link = await connectToNats({ servers, name: agentId, nkeySeed, inboxPrefix: agentInboxPrefix(agentId), log });
    const agent = new CrowdAgent(options, link);
    for (const id of options.serviceIds) options.board.set(id, true);
    agent.commands = pullCommands({ link, tenant, agentId, handle: ({ data }) => agent.take(data), log });
    agent.timer = setInterval(() => agent.tick(), BEAT_MS);
    agent.beat();
    return agent;
  }

  get ledger(): AgentLedger {
    return { agentId: this.options.address.agentId, effects: this.effects };
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

  /** A service works again, whoever did that. */
  mend(serviceId: string): void {
    this.failing.delete(serviceId);
    this.acting.delete(serviceId);
    this.options.board.set(serviceId, true);
  }

  say({ command_id: commandId }: Command, phase: Result['phase']): void {
    const result: Result = { v: 1, agent_id: this.options.address.agentId, command_id: commandId, phase };
    this.send('result', `${commandId}:${phase}`, result);
  }

  beat(): void {
    this.sequence += 1;
    const services = this.serviceIds.map((id) => {
      const failures = this.failing.get(id) ?? 0;
      const state = failures === 0 ? 'healthy' : 'unhealthy';
      return { service_id: id, state, since_ms: 0, consecutive_failures: failures };
    });
    const beat = { boot_id: this.bootId, sequence: this.sequence, interval_ms: BEAT_MS, services };
    this.send('heartbeat', `${this.bootId}:${this.sequence}`, beat);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.commands?.stop();
    await this.link.close();
  }

  /** What fails on says so again. */
  private tick(): void {
    this.beat();
    for (const id of this.failing.keys()) if (!this.acting.has(id)) this.report(id, 'http-status');
  }

  private report(serviceId: string, reason: 'exited' | 'http-status'): number {
    const failures = (this.failing.get(serviceId) ?? 0) + 2;
    this.failing.set(serviceId, failures);
    const error = {
      id: randomUUID(),
      timestamp: new Date().toISOString(),
      source: `backend-${serviceId}`,
      type: 'health',
      severity: 'critical',
      data: { check: 'http', reason, consecutive_failures: reason === 'exited' ? 0 : failures },
      context: { boot_id: this.bootId },
    };
    const sentAtMs = performance.timeOrigin + performance.now();
    this.send('report', error.id, { items: [{ error }] });
    return sentAtMs;
  }

  private async take(body: Uint8Array): Promise<Settlement> {
    const command = validateCommand(JSON.parse(new TextDecoder().decode(body)));
    if (!command.valid) throw new Error(command.reason);
    const { command_id: commandId, target, fence } = command.value;
    if (this.effects.some((effect) => effect.commandId === commandId)) return ack();
    this.effects.push({ commandId, target: target.service_id, fencePosition: Number(fence.position) });
    this.acting.add(target.service_id);
    this.options.behave(this, command.value);
    return ack();
  }

  private send(kind: MessageKind, id: string, body: object): void {
    const { address } = this.options;
    const headers = { [HEADERS.ageMs]: '0', [HEADERS.attempt]: '1', [HEADERS.messageId]: id };
    const text = JSON.stringify({ v: 1, agent_id: address.agentId, ...body });
    this.link.send({ subject: agentSubject(address, kind), body: Buffer.from(text), headers });
  }
}

/** As a good agent does it: at once, and it helps. */
export function restart(agent: CrowdAgent, command: Command): void {
  agent.say(command, 'acknowledged');
  agent.mend(command.target.service_id);
  agent.beat();
  agent.say(command, 'succeeded');
}
