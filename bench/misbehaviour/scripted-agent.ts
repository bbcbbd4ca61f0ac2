import { randomUUID } from 'node:crypto';
import { type Command, HEADERS, type MessageKind, receiptSubject, type Result } from '#libs/contracts';
import { validateCommand, validateReceipt } from '#libs/contracts/schemas';
import { ack, type Settlement } from '#libs/messaging';
import type { AgentLedger, EffectLedger } from '#libs/testing';
import { AgentWire, type AgentWireOptions, BEAT_MS } from '../agents/agent-wire.ts';
import type { HealthBoard } from '../agents/health-board.ts';

/** What an agent does with a command that it hasn't had before, and what becomes of the message. */
export type Script = (agent: ScriptedAgent, command: Command) => Promise<Settlement>;

export interface ScriptedAgentOptions extends AgentWireOptions {
  readonly serviceId: string;
  readonly board: HealthBoard;
  readonly script: Script;
  readonly effects: EffectLedger;
}

interface Pending {
  readonly kind: Extract<MessageKind, 'report' | 'result'>;
  readonly body: object;
  readonly sinceMs: number;
  attempts: number;
}

/**
 * An agent that speaks the wire protocol and answers commands by a script. It believes whom it hears, as nobody else publishes
 * on its server; what it must not do it does on purpose. Its ledger is the truth of what it has done.
 */
export class ScriptedAgent {
  private readonly answers = new Map<string, Result[]>();
  private readonly pending = new Map<string, Pending>();
  private claimsHealth = true;
  /** Nothing was commanded yet for its service, which is down. */
  private isUnheard = false;
  private wire: AgentWire | undefined;
  private timer: NodeJS.Timeout | undefined;
  private ending: Promise<void> = Promise.resolve();

  constructor(private readonly options: ScriptedAgentOptions) {}

  get serviceId(): string {
    return this.options.serviceId;
  }

  get ledger(): AgentLedger {
    return this.options.effects.toAgentLedger();
  }

  async start(): Promise<void> {
    const wire = await AgentWire.connect(this.options);
    this.wire = wire;
    const { tenant, agentId } = this.options.address;
    wire.link.subscribe(receiptSubject(tenant, agentId), ({ data }) => this.takeReceipt(data));
    wire.takeCommands(({ data }) => this.take(data));
    this.timer = setInterval(() => this.tick(), BEAT_MS);
    this.tick();
  }

  /** Its service ends, and it says so again and again until something is commanded, as every agent must. */
  breakService(): void {
    this.options.board.set(this.serviceId, false);
    this.claimsHealth = false;
    this.isUnheard = true;
    this.beat();
    this.report();
  }

  private report(): void {
    const failure = this.wire?.describeFailure({ serviceId: this.serviceId, reason: 'exited', failures: 0 });
    if (failure !== undefined) this.send(failure.id, 'report', failure.body);
  }

  /** Written down before anything is done, as every agent must. */
  begin(command: Command): Promise<void> {
    return this.options.effects.begin({ ...toEffect(command), target: this.serviceId });
  }

  /** Its service runs again. */
  mend(): void {
    this.options.board.set(this.serviceId, true);
    this.claimHealth();
  }

  /** Says that its service is well, whether it is or not. */
  claimHealth(): void {
    this.claimsHealth = true;
    this.beat();
  }

  /** Tells how far a command got, until there is a receipt. */
  say({ command_id }: Pick<Command, 'command_id'>, phase: Result['phase'], details: Partial<Result> = {}): void {
    const result: Result = { v: 1, agent_id: this.options.address.agentId, command_id, phase, ...details };
    this.answers.set(command_id, [...(this.answers.get(command_id) ?? []), result]);
    this.send(`${command_id}:${phase}`, 'result', result);
  }

  /** Tells everything again that it said of a command. */
  repeat({ command_id }: Pick<Command, 'command_id'>): void {
    for (const result of this.answers.get(command_id) ?? []) this.send(`${command_id}:${result.phase}`, 'result', result);
  }

  /** Ends like a process that is killed: nothing that it had to say is said any more. May be called by its own script. */
  die(): Promise<void> {
    clearInterval(this.timer);
    this.pending.clear();
    this.ending = this.wire?.close() ?? this.ending;
    return this.ending;
  }

  async stop(): Promise<void> {
    await this.ending;
    await this.die();
    this.options.effects.close();
  }

  private async take(body: Uint8Array): Promise<Settlement> {
    const command = validateCommand(JSON.parse(new TextDecoder().decode(body)));
    if (!command.valid) throw new Error(command.reason);
    this.isUnheard = false;
    if (this.options.effects.hasBegun(command.value.command_id)) {
      this.options.effects.repeat(toEffect(command.value));
      this.repeat(command.value);
      return ack();
    }
    return this.options.script(this, command.value);
  }

  private takeReceipt(body: Uint8Array): void {
    const receipt = validateReceipt(JSON.parse(new TextDecoder().decode(body)));
    if (!receipt.valid) return;
    for (const id of [...receipt.value.ids, ...receipt.value.rejected.map((item) => item.id)]) this.pending.delete(id);
  }

  private send(id: string, kind: Pending['kind'], body: object): void {
    const pending = { kind, body, sinceMs: performance.now(), attempts: 0 };
    this.pending.set(id, pending);
    this.publish(id, pending);
  }

  private publish(id: string, pending: Pending): void {
    pending.attempts += 1;
    const headers = {
      [HEADERS.ageMs]: String(Math.round(performance.now() - pending.sinceMs)),
      [HEADERS.attempt]: String(pending.attempts),
      [HEADERS.messageId]: `${id} ${randomUUID()}`,
    };
    this.wire?.send(pending.kind, pending.body, headers);
  }

  /** Says again what no receipt came for, too. */
  private tick(): void {
    this.beat();
    if (this.isUnheard) this.report();
    for (const [id, pending] of this.pending) this.publish(id, pending);
  }

  private beat(): void {
    this.wire?.beat(new Map([[this.serviceId, this.claimsHealth ? 0 : 1]]));
  }
}

const toEffect = ({ command_id: commandId, target, fence }: Command): AgentLedger['effects'][number] => ({
  commandId,
  target: target.service_id,
  fencePosition: Number(fence.position),
});
