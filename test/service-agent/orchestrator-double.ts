import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import {
  agentSubject,
  type Command,
  commandSubject,
  type ControlState,
  controlSubject,
  HEADERS,
  type MessageKind,
  type Receipt,
  receiptSubject,
  type ReportEnvelope,
  type Result,
} from '#libs/contracts';
import { type Heartbeat, validateHeartbeat, validateReportEnvelope, validateResult } from '#libs/contracts/schemas';
import {
  ack,
  commandConsumer,
  deadLetter,
  ensureConsumer,
  ensureStreams,
  intakeConsumer,
  type NatsLink,
  type RunningConsumer,
  type Settlement,
  startBatchConsumer,
} from '#libs/messaging';
import { type TestNats, waitUntil } from '#libs/testing';
import type { SigningKey } from '../../src/healing/signing/signing-keys.ts';
import { createSigningKey } from './signing-key.ts';

export const TENANT = 'test';
export const AGENT = { tenant: TENANT, agentClass: 'service' as const, agentId: 'memory-agent' };

type StoppedLists = Pick<ControlState, 'stopped_services' | 'stopped_strategies'>;

export interface CommandMessage {
  subject: string;
  body: Uint8Array;
  keyId: string;
  signature: string;
}

/** A key whose public half is the only one in the agent's file. */
function publishKey(keysFile: string): SigningKey {
  const { publicKey, ...key } = createSigningKey('test-key');
  writeFileSync(keysFile, JSON.stringify({ keys: [{ key_id: key.keyId, public_key: publicKey }] }));
  return key;
}

const always =
  (key: SigningKey): (() => SigningKey) =>
  () =>
    key;

/** Plays the orchestrator on a real nats-server: signs, listens, receipts. */
export class OrchestratorDouble {
  readonly reports: ReportEnvelope[] = [];
  readonly results: Result[] = [];
  readonly heartbeats: Heartbeat[] = [];
  /** Of everything that arrived and didn't fit the protocol. */
  readonly invalid: string[] = [];
  readonly logId = randomUUID();
  givesReceipts = true;
  private sequence = Date.now();
  private position = 100;
  private consumer: RunningConsumer | undefined;
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    readonly link: NatsLink,
    private readonly getKey: () => SigningKey,
  ) {}

  /** @param getKey asked for each message; a key of its own unless given */
  static async start(nats: TestNats, keysFile: string, getKey?: () => SigningKey): Promise<OrchestratorDouble> {
    const link = await nats.connectOrchestrator();
    await ensureStreams(link, TENANT);
    await ensureConsumer(link, commandConsumer(TENANT, AGENT.agentId));
    const double = new OrchestratorDouble(link, getKey ?? always(publishKey(keysFile)));
    await double.listen();
    double.resume();
    return double;
  }

  /** The control state is repeated five times faster than in earnest. */
  resume(state: ControlState['state'] = 'running', stopped: Partial<StoppedLists> = {}): void {
    clearInterval(this.timer);
    const beat = (): void => void this.say(state, stopped).catch(() => undefined);
    this.timer = setInterval(beat, 400);
    beat();
  }

  /** The control state, once. */
  async say(state: ControlState['state'], stopped: Partial<StoppedLists> = {}): Promise<void> {
    this.sequence += 1;
    const { logId: log_id, sequence } = this;
    const key = this.getKey();
    const lists: StoppedLists = { stopped_services: [], stopped_strategies: [], ...stopped };
    const control: ControlState = {
      v: 1,
      key_id: key.keyId,
      state,
      ...lists,
      log_id,
      version: 1,
      sequence,
      issued_at: this.now(),
    };
    await this.publish(this.sign(controlSubject(TENANT), control, key));
  }

  silence(): void {
    clearInterval(this.timer);
  }

  command(over: Partial<Command> = {}): Command {
    this.position += 1;
    return {
      v: 1,
      command_id: randomUUID(),
      key_id: this.getKey().keyId,
      agent_id: AGENT.agentId,
      target: { service_id: 'memory' },
      strategy: 'restart/service',
      parameters: { drain_deadline_ms: 200, readiness_deadline_ms: 10_000 },
      fence: { log_id: this.logId, position: String(this.position) },
      issued_at: this.now(),
      expires_at: new Date(Date.now() + 60_000).toISOString(),
      decision_event_id: randomUUID(),
      approvals: [],
      ...over,
    };
  }

  sign(subject: string, content: object, key = this.getKey()): CommandMessage {
    const body = new TextEncoder().encode(JSON.stringify(content));
    return { subject, body, keyId: key.keyId, signature: key.sign(subject, body) };
  }

  signCommand(command: Command, key = this.getKey()): CommandMessage {
    return this.sign(commandSubject(TENANT, AGENT.agentId), command, key);
  }

  async publish(message: CommandMessage): Promise<void> {
    const { subject, body, keyId, signature } = message;
    await this.link.publish({ subject, body, headers: { [HEADERS.keyId]: keyId, [HEADERS.signature]: signature } });
  }

  async send(command: Command): Promise<Command> {
    await this.publish(this.signCommand(command));
    return command;
  }

  phasesOf({ command_id: id }: Pick<Command, 'command_id'>): string[] {
    return this.results.filter((result) => result.command_id === id).map(({ phase }) => phase);
  }

  async untilPhase(command: Command, phase: Result['phase']): Promise<Result> {
    await waitUntil(() => this.phasesOf(command).includes(phase));
    const result = this.results.find((known) => known.command_id === command.command_id && known.phase === phase);
    if (result === undefined) throw new Error('unreachable');
    return result;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.consumer?.stop();
  }

  private now(): string {
    return new Date().toISOString();
  }

  /** Reports by a consumer: after an outage the agent may be back and send before this connection is. */
  private async listen(): Promise<void> {
    const { stream, name, config } = intakeConsumer(TENANT, 'reports');
    await ensureConsumer(this.link, { stream, name, config });
    this.consumer = startBatchConsumer({
      link: this.link,
      stream,
      consumer: name,
      handle: async (messages) => messages.map((message) => this.takeReport(message.json())),
      deadLetter: async ({ reason }) => void this.invalid.push(reason),
      log: () => undefined,
    });
    // Answers as they are sent: the stream keeps a repeated one only once.
    const on = (kind: MessageKind, take: (body: unknown) => void): void =>
      void this.link.subscribe(agentSubject(AGENT, kind), ({ data }) => take(JSON.parse(new TextDecoder().decode(data))));
    on('result', (body) => this.takeResult(body));
    on('heartbeat', (body) => this.takeHeartbeat(body));
    await this.link.connection.flush();
  }

  private takeReport(body: unknown): Settlement {
    const report = validateReportEnvelope(body);
    if (!report.valid) return deadLetter('invalid', report.reason);
    this.receipt({ kind: 'report', ids: report.value.items.map(({ error }) => error.id) });
    this.reports.push(report.value);
    return ack();
  }

  private takeResult(body: unknown): void {
    const result = validateResult(body);
    if (!result.valid) return void this.invalid.push(result.reason);
    this.receipt({ kind: 'result', ids: [`${result.value.command_id}:${result.value.phase}`] });
    this.results.push(result.value);
  }

  private takeHeartbeat(body: unknown): void {
    const heartbeat = validateHeartbeat(body);
    if (heartbeat.valid) this.heartbeats.push(heartbeat.value);
    else this.invalid.push(heartbeat.reason);
  }

  private receipt(receipt: Pick<Receipt, 'kind' | 'ids'>): void {
    if (!this.givesReceipts) return;
    const body = new TextEncoder().encode(JSON.stringify({ v: 1, rejected: [], ...receipt }));
    this.link.send({ subject: receiptSubject(TENANT, AGENT.agentId), body });
  }
}
