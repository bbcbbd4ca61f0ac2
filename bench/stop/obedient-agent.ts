import { setTimeout as sleep } from 'node:timers/promises';
import { findHindrance, type SignedMessage } from '#libs/agent-core';
import { type Command, controlSubject, type Result } from '#libs/contracts';
import { ack, type CoreMessage, retryLater, type Settlement } from '#libs/messaging';
import type { AgentLedger } from '#libs/testing';
import { AgentJudge, type AgentJudgeOptions, toSigned } from '../agents/agent-judge.ts';
import { AgentWire, type AgentWireOptions, BEAT_MS } from '../agents/agent-wire.ts';
import type { HealthBoard } from '../agents/health-board.ts';

export interface ObedientAgentOptions extends AgentWireOptions, AgentJudgeOptions {
  readonly board: HealthBoard;
  /** Nothing is taken from the broker before. */
  readonly released: Promise<void>;
  /** From one command to the next, in milliseconds. */
  readonly paceMs: number;
}

/** Something that an agent did, and when. */
export type TimedEffect = AgentLedger['effects'][number] & { readonly atMs: number };

/** An agent that judges as every agent of ours does, and acts in no time. */
export class ObedientAgent {
  readonly effects: TimedEffect[] = [];
  /** Why commands were refused, by reason. */
  readonly refused = new Map<string, number>();
  /** When it first knew that everything was stopped; in milliseconds of this process. */
  stoppedAtMs: number | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Read anew for each connection, before any command on it. */
  private controlRead: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: ObedientAgentOptions,
    private readonly judge: AgentJudge,
    private readonly wire: AgentWire,
  ) {}

  static async start(options: ObedientAgentOptions): Promise<ObedientAgent> {
    const agent = new ObedientAgent(options, await AgentJudge.open(options), await AgentWire.connect(options));
    await agent.begin();
    return agent;
  }

  get serviceIds(): readonly string[] {
    return this.options.serviceIds;
  }

  get ledger(): AgentLedger {
    return { agentId: this.options.address.agentId, effects: this.effects };
  }

  /** One of its services ends, which it sees. */
  breakService(serviceId: string): void {
    this.options.board.set(serviceId, false);
    this.wire.sendOnce('report', this.wire.describeFailure({ serviceId, reason: 'exited', failures: 0 }));
  }

  /** Judges a command, whoever hands it over, and carries it out when it may. */
  async take(message: SignedMessage): Promise<void> {
    const verdict = await this.judge.judge(message);
    if (verdict.kind === 'known') return;
    if (verdict.kind !== 'accepted') return this.noteRefusal(verdict.code);
    const { command, fence } = verdict;
    const { command_id: commandId, strategy, target } = command;
    if (!(await this.judge.journal.start({ commandId, serviceId: target.service_id, strategy, fence }))) return;
    const hindrance = findHindrance(command, this.judge.control);
    if (hindrance !== undefined) return this.noteRefusal(hindrance);
    await this.act(command);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.wire.close();
  }

  private noteRefusal(code: string): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
  }

  private async act({ command_id: commandId, target: { service_id: target }, fence }: Command): Promise<void> {
    this.effects.push({ commandId, target, fencePosition: Number(fence.position), atMs: performance.now() });
    this.options.board.set(target, true);
    const result: Result = { v: 1, agent_id: this.options.address.agentId, command_id: commandId, phase: 'succeeded' };
    for (const phase of ['acknowledged', 'succeeded'] as const) {
      this.wire.sendOnce('result', { id: `${commandId}:${phase}`, body: { ...result, phase } });
    }
    await this.judge.journal.finish(commandId, result);
  }

  private async begin(): Promise<void> {
    const { link } = this.wire;
    link.subscribe(controlSubject(this.options.address.tenant), (message) => {
      void this.judge.hear(message, 'live').then((isNews) => this.noteControl(isNews));
    });
    link.onReconnected(() => this.readControl());
    this.readControl();
    await this.controlRead;
    this.wire.takeCommands(async (message: CoreMessage): Promise<Settlement> => {
      await this.options.released;
      if (!link.isConnected) return retryLater(0);
      await this.controlRead;
      const nextAtMs = performance.now() + this.options.paceMs;
      await this.take(toSigned(message));
      await sleep(nextAtMs - performance.now());
      return ack();
    });
    this.timer = setInterval(() => this.beat(), BEAT_MS);
    this.beat();
  }

  private readControl(): void {
    this.controlRead = this.judge.readControl(this.wire.link).then((isNews) => this.noteControl(isNews));
  }

  private noteControl(isNews: boolean): void {
    if (isNews && this.judge.control.status() === 'stopped') this.stoppedAtMs ??= performance.now();
  }

  private beat(): void {
    this.wire.beat(new Map(this.serviceIds.map((id) => [id, this.options.board.isUp(id) ? 0 : 1])));
  }
}
