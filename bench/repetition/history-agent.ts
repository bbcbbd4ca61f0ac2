import type { Command, Result } from '#libs/contracts';
import { validateCommand } from '#libs/contracts/schemas';
import { ack, type Settlement } from '#libs/messaging';
import type { AgentLedger, EffectLedger } from '#libs/testing';
import { AgentWire, type AgentWireOptions, BEAT_MS } from '../agents/agent-wire.ts';
import type { HealthBoard } from '../agents/health-board.ts';
import type { Act } from './history.ts';

export interface HistoryAgentOptions extends AgentWireOptions {
  /** Its services. */
  readonly acts: readonly Act[];
  readonly board: HealthBoard;
  readonly effects: EffectLedger;
}

const FAILURES = 2;

/** Plays its part of a history. What it says doesn't depend on when it is answered, nor on how often it is told something. */
export class HistoryAgent {
  private readonly failing = new Set<string>();
  private readonly reported: string[] = [];
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly options: HistoryAgentOptions,
    private readonly wire: AgentWire,
  ) {}

  static async start(options: HistoryAgentOptions): Promise<HistoryAgent> {
    const agent = new HistoryAgent(options, await AgentWire.connect(options));
    for (const { serviceId } of options.acts) options.board.set(serviceId, true);
    agent.wire.takeCommands(({ data }) => agent.take(data));
    agent.timer = setInterval(() => agent.beat(), BEAT_MS);
    agent.beat();
    return agent;
  }

  /** Nothing that it said was lost on its way. */
  get ledger(): AgentLedger {
    const reports = this.reported.map((reportId) => ({ reportId, receipted: true }));
    return { ...this.options.effects.toAgentLedger(), reports };
  }

  play({ serviceId, reportIds }: Act): void {
    this.options.board.set(serviceId, false);
    this.failing.add(serviceId);
    this.beat();
    for (const id of reportIds) {
      this.wire.sendOnce('report', this.wire.describeFailure({ serviceId, reason: 'http-status', failures: FAILURES, id }));
      this.reported.push(id);
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.wire.close();
    this.options.effects.close();
  }

  private async take(body: Uint8Array): Promise<Settlement> {
    const command = validateCommand(JSON.parse(new TextDecoder().decode(body)));
    if (!command.valid) throw new Error(command.reason);
    const { effects } = this.options;
    const { command_id: commandId, target, fence } = command.value;
    const effect = { commandId, target: target.service_id, fencePosition: Number(fence.position) };
    const ending = this.options.acts.find(({ serviceId }) => serviceId === target.service_id)?.ending;
    if (effects.hasBegun(commandId)) {
      effects.repeat(effect);
      return ack();
    }
    if (ending === 'refuses') {
      this.say(command.value, { phase: 'refused', reason_code: 'not-in-this-history' });
      return ack();
    }
    await effects.begin(effect);
    this.say(command.value, { phase: 'acknowledged' });
    if (ending === 'restarts it') this.mend(target.service_id);
    this.say(command.value, { phase: 'succeeded' });
    return ack();
  }

  private mend(serviceId: string): void {
    this.options.board.set(serviceId, true);
    this.failing.delete(serviceId);
    this.beat();
  }

  private say({ command_id: commandId }: Command, word: Pick<Result, 'phase' | 'reason_code'>): void {
    const result: Result = { v: 1, agent_id: this.options.address.agentId, command_id: commandId, ...word };
    this.wire.sendOnce('result', { id: `${commandId}:${word.phase}`, body: result });
  }

  private beat(): void {
    this.wire.beat(new Map(this.options.acts.map(({ serviceId }) => [serviceId, this.failing.has(serviceId) ? FAILURES : 0])));
  }
}
