import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandVerdict, isPassing } from '#libs/agent-core';
import { type Command, controlSubject, receiptSubject, type Result } from '#libs/contracts';
import { validateReceipt } from '#libs/contracts/schemas';
import { ack, type CoreMessage, retryLater, type Settlement } from '#libs/messaging';
import type { AgentLedger } from '#libs/testing';
import { AgentJudge, type AgentJudgeOptions, toSigned } from '../agents/agent-judge.ts';
import { AgentWire, type AgentWireOptions, BEAT_MS } from '../agents/agent-wire.ts';
import type { HealthBoard } from '../agents/health-board.ts';
import type { Action, Delivery } from './judge-replicas.ts';
import { ReportBook } from './report-book.ts';

export interface WitnessAgentOptions extends AgentWireOptions, AgentJudgeOptions {
  readonly board: HealthBoard;
  /** How long the next action takes, in milliseconds. */
  readonly workMs: () => number;
}

const RETRY_MS = 1_000;

/**
 * An agent that judges as every agent of ours does, and notes down what it was sent, whatever it makes of it. It begins with an
 * action at once, so that two at one time on a target show.
 */
export class WitnessAgent {
  /** Every authentic command that came, also those that were refused. */
  readonly deliveries: Delivery[] = [];
  readonly actions: Action[] = [];
  readonly reports: ReportBook;
  /** Failed checks running, of what fails and isn't being restarted. */
  private readonly failing = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly options: WitnessAgentOptions,
    private readonly judge: AgentJudge,
    private readonly wire: AgentWire,
  ) {
    this.reports = new ReportBook((report) => this.wire.sendOnce('report', report));
  }

  static async start(options: WitnessAgentOptions): Promise<WitnessAgent> {
    const agent = new WitnessAgent(options, await AgentJudge.open(options), await AgentWire.connect(options));
    await agent.begin();
    return agent;
  }

  get serviceIds(): readonly string[] {
    return this.options.serviceIds;
  }

  get ledger(): AgentLedger {
    return { agentId: this.options.address.agentId, effects: this.actions, reports: this.reports.ledger };
  }

  /** One of its services ends, which it sees. */
  breakService(serviceId: string): void {
    this.options.board.set(serviceId, false);
    this.report(serviceId, 'exited');
    this.beat();
  }

  /** A service works again, whoever did that. */
  mend(serviceId: string): void {
    this.failing.delete(serviceId);
    this.options.board.set(serviceId, true);
    this.beat();
  }

  /** Whatever still fails works again, so that nothing more is reported. */
  mendAll(): void {
    for (const id of this.failing.keys()) this.mend(id);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.wire.close();
  }

  private async begin(): Promise<void> {
    const { address, serviceIds, board } = this.options;
    for (const id of serviceIds) board.set(id, true);
    this.wire.link.subscribe(controlSubject(address.tenant), (message) => void this.judge.hear(message, 'live'));
    this.wire.link.subscribe(receiptSubject(address.tenant, address.agentId), ({ data }) => this.hearReceipt(data));
    await this.judge.readControl(this.wire.link);
    this.wire.takeCommands((message) => this.take(message));
    this.timer = setInterval(() => this.tick(), BEAT_MS);
    this.beat();
  }

  private hearReceipt(body: Uint8Array): void {
    const receipt = validateReceipt(JSON.parse(new TextDecoder().decode(body)));
    if (!receipt.valid) throw new Error(receipt.reason);
    if (receipt.value.kind === 'report') this.reports.receipt(receipt.value.ids);
  }

  private async take(message: CoreMessage): Promise<Settlement> {
    const verdict = await this.judge.judge(toSigned(message));
    if (verdict.kind === 'untrusted') throw new Error(`a command that nobody has signed: ${verdict.code}`);
    this.note(verdict);
    switch (verdict.kind) {
      case 'known':
        return ack();
      case 'refused':
        if (isPassing(verdict.code)) return retryLater(RETRY_MS);
        this.say(verdict.command, { phase: 'refused', reason_code: verdict.code });
        return ack();
      case 'accepted':
        if (await this.startIn(verdict)) void this.act(verdict.command);
        return ack();
    }
  }

  private note({ kind, command }: Exclude<CommandVerdict, { kind: 'untrusted' }>): void {
    const { command_id: commandId, target, fence } = command;
    const lastFence = this.judge.journal.findFence(target.service_id)?.position;
    const what = { commandId, target: target.service_id, fencePosition: Number(fence.position) };
    this.deliveries.push({ ...what, lastFence, isRepeated: kind === 'known' });
  }

  private startIn({ command, fence }: Extract<CommandVerdict, { kind: 'accepted' }>): Promise<boolean> {
    const { command_id: commandId, strategy, target } = command;
    return this.judge.journal.start({ commandId, serviceId: target.service_id, strategy, fence });
  }

  private async act(command: Command): Promise<void> {
    const { command_id: commandId, target, fence } = command;
    const beganAtMs = performance.now();
    const action = {
      commandId,
      target: target.service_id,
      fencePosition: Number(fence.position),
      beganAtMs,
      endedAtMs: Infinity,
    };
    this.actions.push(action);
    this.failing.delete(action.target);
    this.say(command, { phase: 'acknowledged' });
    await sleep(this.options.workMs());
    this.mend(action.target);
    action.endedAtMs = performance.now();
    await this.judge.journal.finish(commandId, this.say(command, { phase: 'succeeded' }));
  }

  private say({ command_id: commandId }: Command, outcome: Pick<Result, 'phase' | 'reason_code'>): Result {
    const result: Result = { v: 1, agent_id: this.options.address.agentId, command_id: commandId, ...outcome };
    this.wire.sendOnce('result', { id: `${commandId}:${outcome.phase}`, body: result });
    return result;
  }

  /** What fails on says so again. */
  private tick(): void {
    this.beat();
    for (const id of this.failing.keys()) this.report(id, 'http-status');
    this.reports.sendDue();
  }

  private report(serviceId: string, reason: 'exited' | 'http-status'): void {
    const failures = (this.failing.get(serviceId) ?? 0) + 2;
    this.failing.set(serviceId, failures);
    this.reports.add(this.wire.describeFailure({ serviceId, reason, failures: reason === 'exited' ? 0 : failures }));
  }

  private beat(): void {
    this.wire.beat(new Map(this.options.serviceIds.map((id) => [id, this.failing.get(id) ?? 0])));
  }
}
