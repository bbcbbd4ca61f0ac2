import { randomUUID } from 'node:crypto';
import {
  CommandJournal,
  computeAgeMs,
  ControlWatch,
  type MonotonicClock,
  Outbox,
  type OutboxItem,
  verifyControlState,
} from '#libs/agent-core';
import {
  type AgentAddress,
  agentSubject,
  type Command,
  controlSubject,
  HEADERS,
  receiptSubject,
  type Result,
} from '#libs/contracts';
import { validateControlState, validateReceipt } from '#libs/contracts/schemas';
import { type CoreMessage, pullCommands } from '#libs/messaging';
import type { SignedMessage } from '#libs/agent-core';
import { PoolSchema } from '../../builders/strategy-builder.ts';
import { SimLink } from '../bus/link.ts';
import { verifySignature } from '../orchestrator/signer.ts';
import { SimProcess } from '../runtime/sim-process.ts';
import type { SimService } from '../services.ts';
import type { Character } from '../plan.ts';
import type { Setting } from '../setting.ts';
import { AgentCommands, type CommandStep } from './agent-commands.ts';
import type { AgentDisk } from './agent-disk.ts';
import type { SimLedger } from './agent-ledger.ts';
import { ServiceWatch } from './service-watch.ts';

export interface AgentHome {
  readonly agentId: string;
  readonly services: readonly SimService[];
  readonly disk: AgentDisk;
  readonly ledger: SimLedger;
  readonly character: Character;
}

const CHECK_MS = 2_000;
const BEAT_MS = 4_000;
const MOST_ITEMS = 1_000;
const SLOWEST_ACTION_MS = 4_000;
const LATEST_MS = 90_000;
/** Of an item from before the machine was restarted nobody knows the age. */
const OLD_MS = 604_800_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const toSigned = (message: CoreMessage): SignedMessage => ({
  subject: message.subject,
  body: message.data,
  keyId: message.header(HEADERS.keyId),
  signature: message.header(HEADERS.signature),
});

/** One life of an agent's process: outbox, journal and judgement are those of every agent of ours, what they rest on is simulated. */
export class SimAgent {
  readonly process: SimProcess;
  readonly link: SimLink;
  private readonly clock: MonotonicClock = { epoch: 'machine', nowMs: () => performance.now() };
  private readonly control = new ControlWatch(this.clock);
  private readonly watches: ServiceWatch[];
  private readonly address: AgentAddress;
  private readonly bootId = randomUUID();
  private outbox: Outbox | undefined;
  private sequence = 0;
  private isSending = false;
  private claimsHealth = false;
  private isSilent = false;

  constructor(
    readonly home: AgentHome,
    private readonly world: Setting,
  ) {
    this.process = new SimProcess(home.agentId);
    this.link = new SimLink(world.bus, this.process);
    this.address = { tenant: world.bus.tenant, agentClass: 'service', agentId: home.agentId };
    this.watches = home.services.map((service) => new ServiceWatch(service, () => world.scheduler.nowMs));
  }

  async start(): Promise<void> {
    const { disk } = this.home;
    const { tenant, agentId } = this.address;
    const journal = await CommandJournal.open(this.world.wiring.wrapJournal(disk.journalFor(this.process)), this.clock);
    this.outbox = await Outbox.open({
      storage: disk.outboxFor(this.process),
      clock: this.clock,
      maxItems: MOST_ITEMS,
      maxBytes: 1e7,
    });
    const commands = this.createCommands(this.world.wiring.wrapFence(journal));
    await commands.recover();
    this.link.subscribe(receiptSubject(tenant, agentId), (message) => void this.takeReceipt(message, journal));
    this.link.subscribe(controlSubject(tenant), (message) => void this.hear(message, 'live'));
    this.link.onReconnected(() => void this.onConnected());
    await this.onConnected();
    pullCommands({
      link: this.link.asNatsLink,
      tenant,
      agentId,
      handle: (message) => commands.take(toSigned(message)),
      log: (level, text, fields) => {
        if (level !== 'debug') this.world.tell(this.process, () => `${text} ${JSON.stringify(fields)}`);
      },
    });
    setInterval(() => this.check(), CHECK_MS);
    setInterval(() => this.beat(), BEAT_MS);
    this.check();
    this.beat();
  }

  /** Says nothing new from now on; what it has said already is sent. */
  fallSilent(): void {
    this.isSilent = true;
  }

  private get isDevious(): boolean {
    return this.world.isRough;
  }

  private createCommands(journal: CommandJournal): AgentCommands {
    const { agentId, services } = this.home;
    return new AgentCommands({
      tenant: this.address.tenant,
      agentId,
      journal,
      control: this.world.wiring.wrapControl(this.control),
      findService: (id) => services.find((service) => service.id === id),
      say: (result) => this.say(result),
      act: (command, service) => this.act(command, service),
      pass: (step) => this.pass(step),
    });
  }

  /** Something may happen to an agent at each step. */
  private async pass(step: CommandStep): Promise<void> {
    if (this.world.mayKillAgent(this.process)) {
      this.world.killAgent(this.process, step);
      // Nothing of it goes on.
      await new Promise(() => undefined);
    }
    if (this.home.character === 'late' && this.isDevious && step !== 'finished')
      await sleep(this.world.random.fraction() * LATEST_MS);
    if (this.home.character === 'mute' && this.isDevious && step === 'verified') await new Promise(() => undefined);
  }

  private async act(command: Command, service: SimService): Promise<Pick<Result, 'phase' | 'reason_code' | 'evidence'>> {
    const { world, home } = this;
    const watch = this.watches.find((one) => one.service === service);
    const effect = { commandId: command.command_id, target: service.id, fencePosition: Number(command.fence.position) };
    home.ledger.effects.push(effect);
    world.noteEffect({ agentId: home.agentId, ...effect });
    const isLie = home.character === 'liar' && this.isDevious;
    if (isLie) this.claimsHealth = true;
    watch?.begin();
    const before = service.pool;
    if (!isLie) this.touch(command, service);
    await sleep(200 + world.random.fraction() * SLOWEST_ACTION_MS);
    if (watch !== undefined) watch.isHeld = false;
    const hasHelped = service.isUp || isLie || command.strategy !== 'restart/service';
    return hasHelped ? { phase: 'succeeded', evidence: { before } } : { phase: 'failed', reason_code: 'not-ready' };
  }

  private touch({ strategy, parameters }: Command, service: SimService): void {
    if (strategy === 'restart/service') service.restart(this.world.random);
    else service.usePool(PoolSchema.parse(parameters).pool);
  }

  private async say(result: Result): Promise<void> {
    const { character } = this.home;
    await this.put({ id: `${result.command_id}:${result.phase}`, kind: 'result', body: result });
    if (character === 'repeater' && this.isDevious) await this.publish(this.toMessage('result', result, 0), 'again');
  }

  private async put({ id, kind, body }: Pick<OutboxItem, 'id' | 'kind' | 'body'>): Promise<void> {
    const observed = { epoch: this.clock.epoch, ms: this.clock.nowMs() };
    await this.outbox?.add({ id, kind, severity: 'critical', body, observed });
    this.flush();
  }

  private check(): void {
    for (const watch of this.watches) {
      const report = watch.check();
      if (report === undefined || this.isSilent) continue;
      if (this.claimsHealth && this.isDevious) continue;
      this.claimsHealth = false;
      const { id } = report.error;
      this.home.ledger.noteReport(id);
      void this.put({ id, kind: 'report', body: { ...report } });
    }
    this.flush();
  }

  private beat(): void {
    if (!this.link.isConnected) return;
    this.sequence += 1;
    const isLie = this.claimsHealth && this.isDevious;
    const services = this.watches.map((watch) => watch.describe(isLie));
    const body = {
      v: 1,
      agent_id: this.home.agentId,
      boot_id: this.bootId,
      sequence: this.sequence,
      interval_ms: BEAT_MS,
      services,
    };
    this.link.send({ subject: agentSubject(this.address, 'heartbeat'), body: Buffer.from(JSON.stringify(body)) });
  }

  /** Sends what is due, one run at a time, and again when the next is due. */
  private flush(): void {
    if (this.isSending || !this.link.isConnected) return;
    this.isSending = true;
    void this.sendDue().finally(() => {
      this.isSending = false;
    });
  }

  private async sendDue(): Promise<void> {
    for (const { item, attempt } of this.outbox?.takeDue(MOST_ITEMS) ?? []) {
      const ageMs = computeAgeMs(this.clock, item.observed) ?? OLD_MS;
      const body = item.kind === 'result' ? item.body : { v: 1, agent_id: this.home.agentId, items: [item.body] };
      const message = this.toMessage(item.kind, body, ageMs);
      const isTaken = await this.publish(message, `${item.id}/${this.bootId.slice(-12)}/${attempt}`);
      if (isTaken) this.outbox?.acknowledge([item.id]);
      else this.outbox?.fail([item.id]);
    }
  }

  private toMessage(
    kind: 'report' | 'result',
    body: object,
    ageMs: number,
  ): { subject: string; body: Uint8Array; ageMs: number } {
    return { subject: agentSubject(this.address, kind), body: Buffer.from(JSON.stringify(body)), ageMs };
  }

  private async publish(
    { subject, body, ageMs }: { subject: string; body: Uint8Array; ageMs: number },
    messageId: string,
  ): Promise<boolean> {
    try {
      await this.link.publish({ subject, body, messageId, headers: { [HEADERS.ageMs]: String(Math.round(ageMs)) } });
      return true;
    } catch {
      return false;
    }
  }

  private async takeReceipt({ data }: CoreMessage, journal: CommandJournal): Promise<void> {
    const receipt = validateReceipt(JSON.parse(new TextDecoder().decode(data)));
    if (!receipt.valid) return;
    const { ids, rejected, kind } = receipt.value;
    if (kind === 'report') for (const id of ids) this.home.ledger.receipted.add(id);
    const settled = [...ids, ...rejected.map(({ id }) => id)];
    await this.outbox?.settle(settled);
    if (kind !== 'result') return;
    for (const id of settled) {
      const at = id.lastIndexOf(':');
      if (id.slice(at + 1) !== 'acknowledged') await journal.markReceipted(id.slice(0, at));
    }
  }

  private async onConnected(): Promise<void> {
    const { last } = this.world.bus.control ?? {};
    if (last !== undefined) {
      const { subject, body: data, headers } = last;
      await this.hear({ subject, data, header: (name) => headers[name] }, 'stored');
    }
    this.outbox?.wake();
    this.flush();
  }

  private async hear(message: CoreMessage, origin: 'live' | 'stored'): Promise<void> {
    const state = await verifyControlState(toSigned(message), {
      tenant: this.address.tenant,
      verifySignature,
      isKeyRevoked: () => false,
      parseControlState: (body) => {
        const checked = validateControlState(JSON.parse(new TextDecoder().decode(body)));
        return checked.valid ? checked.value : undefined;
      },
    });
    if (state !== undefined) this.control.accept(state, origin);
  }
}
