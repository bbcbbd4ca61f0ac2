import { randomUUID } from 'node:crypto';
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
import {
  type AgentAddress,
  agentInboxPrefix,
  agentSubject,
  type Command,
  controlSubject,
  HEADERS,
  type MessageKind,
  type Result,
} from '#libs/contracts';
import { validateCommand, validateControlState } from '#libs/contracts/schemas';
import {
  ack,
  connectToNats,
  type CoreMessage,
  type NatsLink,
  pullCommands,
  readControlState,
  retryLater,
  type RunningConsumer,
} from '#libs/messaging';
import type { AgentLedger } from '#libs/testing';
import type { HealthBoard } from '../misbehaviour/health-board.ts';

export interface ObedientAgentOptions {
  readonly natsUrl: string;
  readonly nkeySeed: string;
  readonly address: AgentAddress;
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

const BEAT_MS = 5_000;
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
  private readonly bootId = randomUUID();
  private sequence = 0;
  private link: NatsLink | undefined;
  private commands: RunningConsumer | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Read anew for each connection, before any command on it. */
  private controlRead: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: ObedientAgentOptions,
    private readonly journal: CommandJournal,
  ) {}

  static async start(options: ObedientAgentOptions): Promise<ObedientAgent> {
    const agent = new ObedientAgent(options, await CommandJournal.open(NO_DISK, CLOCK));
    await agent.connect();
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
    const error = {
      id: randomUUID(),
      timestamp: new Date().toISOString(),
      source: `backend-${serviceId}`,
      type: 'health',
      severity: 'critical',
      data: { check: 'http', reason: 'exited', consecutive_failures: 0 },
      context: { boot_id: this.bootId },
    };
    const headers = { [HEADERS.ageMs]: '0', [HEADERS.attempt]: '1', [HEADERS.messageId]: error.id };
    this.send('report', { items: [{ error }] }, headers);
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
    await this.commands?.stop();
    await this.link?.close();
  }

  private noteRefusal(code: string): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
  }

  private async act({ command_id: commandId, target: { service_id: target }, fence }: Command): Promise<void> {
    this.effects.push({ commandId, target, fencePosition: Number(fence.position), atMs: performance.now() });
    this.options.board.set(target, true);
    const result: Result = { v: 1, agent_id: this.options.address.agentId, command_id: commandId, phase: 'succeeded' };
    for (const phase of ['acknowledged', 'succeeded'] as const) {
      const headers = { [HEADERS.ageMs]: '0', [HEADERS.attempt]: '1', [HEADERS.messageId]: `${commandId}:${phase}` };
      this.send('result', { ...result, phase }, headers);
    }
    await this.journal.finish(commandId, result);
  }

  private async connect(): Promise<void> {
    const { natsUrl: servers, nkeySeed, address } = this.options;
    const { tenant, agentId } = address;
    const inboxPrefix = agentInboxPrefix(agentId);
    const link = await connectToNats({ servers, name: agentId, nkeySeed, inboxPrefix, log: () => undefined });
    this.link = link;
    link.subscribe(controlSubject(tenant), (message) => void this.hear(message, 'live'));
    link.onReconnected(() => this.readControl(link));
    this.readControl(link);
    await this.controlRead;
    const handle = async (message: CoreMessage): Promise<ReturnType<typeof ack>> => {
      await this.options.released;
      if (!link.isConnected) return retryLater(0);
      await this.controlRead;
      const nextAtMs = performance.now() + this.options.paceMs;
      await this.take(toSigned(message));
      await sleep(nextAtMs - performance.now());
      return ack();
    };
    this.commands = pullCommands({ link, tenant, agentId, handle, log: () => undefined });
    this.timer = setInterval(() => this.beat(), BEAT_MS);
    this.beat();
  }

  private readControl(link: NatsLink): void {
    this.controlRead = readControlState(link, this.options.address.tenant)
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
    this.sequence += 1;
    const services = this.serviceIds.map((id) => {
      const isUp = this.options.board.isUp(id);
      const state = isUp ? 'healthy' : 'unhealthy';
      return { service_id: id, state, since_ms: 0, consecutive_failures: isUp ? 0 : 1 };
    });
    this.send('heartbeat', { boot_id: this.bootId, sequence: this.sequence, interval_ms: BEAT_MS, services });
  }

  private send(kind: MessageKind, body: object, headers: Record<string, string> = {}): void {
    if (this.link?.isConnected !== true) return;
    const { address } = this.options;
    const text = JSON.stringify({ v: 1, agent_id: address.agentId, ...body });
    this.link.send({ subject: agentSubject(address, kind), body: Buffer.from(text), headers });
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
