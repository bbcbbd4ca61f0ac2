import { setTimeout as sleep } from 'node:timers/promises';
import {
  CommandJournal,
  ControlWatch,
  findHindrance,
  type MonotonicClock,
  type SignatureCheck,
  type SignatureVerdict,
  type SignedMessage,
  verifyCommand,
  verifyControlState,
} from '#libs/agent-core';
import { type Command, controlSubject, HEADERS, type Result } from '#libs/contracts';
import { validateCommand, validateControlState } from '#libs/contracts/schemas';
import { ack, type CoreMessage, readControlState, retryLater, type Settlement } from '#libs/messaging';
import type { AgentLedger } from '#libs/testing';
import { AgentWire, type AgentWireOptions, BEAT_MS } from '../agents/agent-wire.ts';
import type { HealthBoard } from '../agents/health-board.ts';

export interface ObedientAgentOptions extends AgentWireOptions {
  readonly serviceIds: readonly string[];
  readonly board: HealthBoard;
  readonly verifySignature: (check: SignatureCheck) => SignatureVerdict;
  /** Nothing is taken from the broker before. */
  readonly released: Promise<void>;
  /** From one command to the next, in milliseconds. */
  readonly paceMs: number;
}

/** Something that an agent did, and when. */
export type TimedEffect = AgentLedger['effects'][number] & { readonly atMs: number };

const CLOCK: MonotonicClock = { epoch: 'this run', nowMs: () => performance.now() };
const FLOOR = { strategies: ['restart/service'], maxActionsPerHour: 1_000 };
const NO_DISK = { load: () => Promise.resolve([]), append: () => Promise.resolve(), rewrite: () => Promise.resolve() };

/** An agent that judges as every agent of ours does, with the very same code, and acts in no time. */
export class ObedientAgent {
  readonly effects: TimedEffect[] = [];
  /** Why commands were refused, by reason. */
  readonly refused = new Map<string, number>();
  /** When it first knew that everything was stopped; in milliseconds of this process. */
  stoppedAtMs: number | undefined;
  private readonly control = new ControlWatch(CLOCK);
  private timer: NodeJS.Timeout | undefined;
  /** Read anew for each connection, before any command on it. */
  private controlRead: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: ObedientAgentOptions,
    private readonly journal: CommandJournal,
    private readonly wire: AgentWire,
  ) {}

  static async start(options: ObedientAgentOptions): Promise<ObedientAgent> {
    const agent = new ObedientAgent(options, await CommandJournal.open(NO_DISK, CLOCK), await AgentWire.connect(options));
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
    const { tenant, agentId } = this.options.address;
    const verdict = await verifyCommand(message, {
      tenant,
      agentId,
      verifySignature: (check) => Promise.resolve(this.options.verifySignature(check)),
      parseCommand: (body) => parse(validateCommand, body),
      isKeyRevoked: () => false,
      findFloor: (serviceId) => (this.serviceIds.includes(serviceId) ? FLOOR : undefined),
      control: this.control,
      journal: this.journal,
    });
    if (verdict.kind === 'known') return;
    if (verdict.kind !== 'accepted') return this.noteRefusal(verdict.code);
    const { command, fence } = verdict;
    const { command_id: commandId, strategy, target } = command;
    if (!(await this.journal.start({ commandId, serviceId: target.service_id, strategy, fence }))) return;
    const hindrance = findHindrance(command, this.control);
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
    await this.journal.finish(commandId, result);
  }

  private async begin(): Promise<void> {
    const { link } = this.wire;
    link.subscribe(controlSubject(this.options.address.tenant), (message) => void this.hear(message, 'live'));
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
    this.controlRead = readControlState(this.wire.link, this.options.address.tenant)
      .then((stored) => (stored === undefined ? undefined : this.hear(stored, 'stored')))
      .catch(() => undefined);
  }

  private async hear(message: CoreMessage, origin: 'live' | 'stored'): Promise<void> {
    const state = await verifyControlState(toSigned(message), {
      tenant: this.options.address.tenant,
      verifySignature: (check) => Promise.resolve(this.options.verifySignature(check)),
      isKeyRevoked: () => false,
      parseControlState: (body) => parse(validateControlState, body),
    });
    if (state === undefined || !this.control.accept(state, origin)) return;
    if (this.control.status() === 'stopped') this.stoppedAtMs ??= performance.now();
  }

  private beat(): void {
    this.wire.beat(new Map(this.serviceIds.map((id) => [id, this.options.board.isUp(id) ? 0 : 1])));
  }
}

const toSigned = (message: CoreMessage): SignedMessage => ({
  subject: message.subject,
  body: message.data,
  keyId: message.header(HEADERS.keyId),
  signature: message.header(HEADERS.signature),
});

function parse<T>(validate: (value: unknown) => { valid: true; value: T } | { valid: false }, body: Uint8Array): T | undefined {
  try {
    const checked = validate(JSON.parse(new TextDecoder().decode(body)));
    return checked.valid ? checked.value : undefined;
  } catch {
    return undefined;
  }
}
