import { randomUUID } from 'node:crypto';
import { CommandJournal, ControlWatch, type MonotonicClock, type SignedMessage, verifyControlState } from '#libs/agent-core';
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
import { PoolSchema } from '../../builders/strategy-builder.ts';
import { SimLink } from '../bus/link.ts';
import { verifySignature } from '../orchestrator/signer.ts';
import { SimProcess } from '../runtime/sim-process.ts';
import type { SimService } from '../services.ts';
import type { Character } from '../plan.ts';
import type { Setting } from '../setting.ts';
import { AgentCommands, type CommandStep } from './agent-commands.ts';
import type { AgentDisk } from './agent-disk.ts';
import { AgentPost } from './agent-post.ts';
import type { SimLedger } from './agent-ledger.ts';
import { HeardControl } from './heard-control.ts';
import { ServiceWatch } from './service-watch.ts';

export interface AgentHome {
  readonly agentId: string;
  readonly services: readonly SimService[];
  readonly disk: AgentDisk;
  readonly ledger: SimLedger;
  readonly character: Character;
  readonly isTerse: boolean;
}

const CHECK_MS = 2_000;
const BEAT_MS = 4_000;
const SLOWEST_ACTION_MS = 4_000;
const LATEST_MS = 90_000;

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
  private readonly heard = new HeardControl();
  private readonly watches: ServiceWatch[];
  private readonly address: AgentAddress;
  private readonly bootId = randomUUID();
  private post: AgentPost | undefined;
  private sequence = 0;
  private claimsHealth = false;
  private isSilent = false;

  constructor(
    readonly home: AgentHome,
    private readonly world: Setting,
  ) {
    this.process = new SimProcess(home.agentId);
    this.link = new SimLink(world.bus, this.process);
    this.address = { tenant: world.bus.tenant, agentClass: 'service', agentId: home.agentId };
    this.watches = home.services.map((service) => new ServiceWatch(service, () => world.scheduler.nowMs, home.isTerse));
  }

  async start(): Promise<void> {
    const { disk } = this.home;
    const { tenant, agentId } = this.address;
    const journal = await CommandJournal.open(this.world.wiring.wrapJournal(disk.journalFor(this.process)), this.clock);
    this.post = await AgentPost.open(disk.outboxFor(this.process), {
      link: this.link,
      clock: this.clock,
      address: this.address,
      bootId: this.bootId,
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
        if (level === 'error') this.world.noteProblem(this.process, text, JSON.stringify(fields));
        else if (level !== 'debug') this.world.tell(this.process, () => `${text} ${JSON.stringify(fields)}`);
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
    const objection = this.heard.objectTo({ target: service.id, strategy: command.strategy }, world.scheduler.nowMs);
    world.noteEffect({ agentId: home.agentId, ...effect }, objection);
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
    await this.post?.put({ id: `${result.command_id}:${result.phase}`, kind: 'result', body: result });
    if (character === 'repeater' && this.isDevious) await this.post?.repeat(result);
  }

  private check(): void {
    for (const watch of this.watches) {
      const isLie = this.claimsHealth && this.isDevious;
      const report = watch.check(!this.isSilent && !isLie);
      if (report === undefined) continue;
      this.claimsHealth = false;
      void this.post?.put({ id: report.error.id, kind: 'report', body: { ...report } });
    }
    this.post?.flush();
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

  private async takeReceipt({ data }: CoreMessage, journal: CommandJournal): Promise<void> {
    const receipt = validateReceipt(JSON.parse(new TextDecoder().decode(data)));
    if (!receipt.valid) return;
    const { ids, rejected, kind } = receipt.value;
    if (kind === 'report') for (const id of ids) this.home.ledger.receipted.add(id);
    const settled = [...ids, ...rejected.map(({ id }) => id)];
    await this.post?.outbox.settle(settled);
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
    this.post?.outbox.wake();
    this.post?.flush();
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
    if (state === undefined) return;
    this.heard.hear(state, { isLive: origin === 'live', nowMs: this.world.scheduler.nowMs });
    this.control.accept(state, origin);
  }
}
