import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ZantaraError } from '#libs/contracts';
import { Random } from '#libs/testing';
import type { ProbeOutcome } from '../../src/healing/saga/fix-saga.inputs.ts';
import { AgentDisk } from './agents/agent-disk.ts';
import { SimLedger } from './agents/agent-ledger.ts';
import { type AgentHome, SimAgent } from './agents/sim-agent.ts';
import { Bus } from './bus/bus.ts';
import { DatabaseServer } from './log/database-server.ts';
import { breach } from './judge/breach.ts';
import { fillCatalogue } from './log/fill-catalogue.ts';
import { Orchestrator } from './orchestrator/orchestrator.ts';
import { HealedWatch } from './judge/healed-watch.ts';
import type { Plan } from './plan.ts';
import type { Scheduler } from './runtime/scheduler.ts';
import { SimProcess } from './runtime/sim-process.ts';
import type { Effect, Setting } from './setting.ts';
import { SimService } from './services.ts';
import type { ReadSide } from './tables/read-side.ts';
import { CALM, Weather } from './weather.ts';
import type { Wiring } from './wiring.ts';

const RESTART_MS = 2_000;

export interface WorldOptions {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly wiring: Wiring;
  readonly beginsAtMs: number;
  /** Hears what happens, if anybody wants to. */
  readonly trace?: ((line: string) => void) | undefined;
}

/** Everything there is in a run: the truth about services, agents with their disks, orchestrators, broker and database. */
export class World implements Setting {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly wiring: Wiring;
  readonly random: Random;
  readonly weather: Weather;
  readonly bus: Bus;
  readonly database: DatabaseServer;
  readonly readSide: ReadSide;
  readonly services: readonly SimService[];
  readonly homes: readonly AgentHome[];
  readonly agents: SimAgent[] = [];
  readonly orchestrators: Orchestrator[] = [];
  /** What went wrong in a process and is nobody's fault but the product's. */
  readonly crashes: string[] = [];
  /** What was found wrong in the moment in which it happened. */
  readonly breaches: string[] = [];
  readonly effects: Effect[] = [];
  /** Machines, disks and whoever starts what has ended. */
  readonly ground = new SimProcess('world');
  readonly folder: string;
  isSilent = false;
  /** When something that was healed broke again. */
  lastRelapseMs = 0;

  constructor(private readonly options: WorldOptions) {
    const { plan, scheduler, wiring, beginsAtMs } = options;
    this.plan = plan;
    this.scheduler = scheduler;
    this.wiring = wiring;
    this.random = Random.of(plan.seed, 'course');
    this.folder = join(tmpdir(), `simulation-${process.pid}-${plan.seed}`);
    this.weather = new Weather(Random.of(plan.seed, 'weather'));
    this.bus = new Bus('sim', scheduler, this.weather, Random.of(plan.seed, 'bus'));
    this.bus.onMessage = (line) => this.tell(this.bus.process, line);
    this.database = new DatabaseServer(scheduler, beginsAtMs);
    this.readSide = wiring.createReadSide(this.database);
    this.services = this.createServices();
    this.homes = this.createHomes();
  }

  get isRough(): boolean {
    return this.scheduler.nowMs < this.plan.calmFromMs;
  }

  /** Everything starts, and roughness begins. */
  async begin(): Promise<void> {
    await fillCatalogue(this.database, this.plan);
    const healed = new HealedWatch(this.services);
    this.database.onAppended((events) => {
      this.breaches.push(...healed.take(events, this.scheduler.nowMs));
      for (const { position, stream, type, data } of events)
        this.tell(this.database.process, () => `${position} ${stream} ${type} ${JSON.stringify(data).slice(0, 300)}`);
    });
    this.weather.roughness = this.plan.roughness;
    for (let index = 0; index < this.plan.replicas; index++) this.startOrchestrator(index);
    for (let index = 0; index < this.homes.length; index++) this.startAgent(index);
  }

  /**
   * From now on nothing goes wrong any more, and everything that ended is started. What lives has to find its way back by itself, but
   * for an agent that will never answer again: somebody starts that anew.
   */
  calmDown(): void {
    this.weather.roughness = CALM;
    this.database.downUntilMs = 0;
    for (const [index, { process }] of this.orchestrators.entries()) if (!process.isAlive) this.startOrchestrator(index);
    for (const [index, { process, home }] of this.agents.entries()) {
      if (process.isAlive && home.character !== 'mute') continue;
      process.kill();
      this.startAgent(index);
    }
  }

  /** Nothing new is said and nothing breaks any more; what was said already comes to its end. */
  fallSilent(): void {
    this.isSilent = true;
    for (const agent of this.agents) agent.fallSilent();
  }

  /** Takes away what it wrote to a real disk. */
  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  startOrchestrator(index: number): void {
    const process = new SimProcess(`orchestrator-${index}`);
    const start = async (): Promise<void> => {
      const life = new Orchestrator(process, this, this.plan.headStartsMs[index] ?? 0);
      this.orchestrators[index] = life;
      this.tell(process, () => 'starts');
      await life.start();
    };
    this.scheduler.schedule(0, process, () => {
      start().catch((error: unknown) => {
        this.noteProblem(process, 'it could not be started', error);
        process.kill();
        this.startOrchestratorIn(index, RESTART_MS);
      });
    });
  }

  startAgent(index: number): void {
    const home = this.homes[index];
    if (home === undefined) return;
    const wallClockOffsetMs = this.agents[index]?.process.wallClockOffsetMs ?? 0;
    const life = new SimAgent(home, this);
    life.process.wallClockOffsetMs = wallClockOffsetMs;
    this.agents[index] = life;
    this.tell(life.process, () => 'starts');
    this.scheduler.schedule(0, life.process, () => life.start());
  }

  killOrchestrator(index: number, downMs: number): void {
    const { process } = this.orchestrators[index] ?? {};
    if (process?.isAlive !== true) return;
    this.tell(process, () => `is killed, for ${downMs} ms`);
    process.kill();
    this.startOrchestratorIn(index, downMs);
  }

  killAgent(process: SimProcess, why: string, downMs = RESTART_MS): void {
    if (!process.isAlive) return;
    this.tell(process, () => `is killed: ${why}`);
    process.kill();
    const index = this.agents.findIndex((agent) => agent.process === process);
    const agent = this.agents[index];
    this.scheduler.schedule(downMs, this.ground, () => {
      if (this.agents[index] === agent) this.startAgent(index);
    });
  }

  mayKillAgent(process: SimProcess): boolean {
    return this.isRough && process.isAlive && this.plan.agentDeath > 0 && this.random.chance(this.plan.agentDeath);
  }

  /** The orchestrator's own look at a service, over the network. */
  probe(owner: SimProcess, url: string, timeoutMs: number): Promise<ProbeOutcome> {
    const id = new URL(url).pathname.slice(1);
    const service = this.services.find((one) => one.id === id);
    const isLost = this.weather.chance(this.weather.roughness.probeLost);
    const wayMs = isLost ? timeoutMs : this.weather.shortWayMs();
    return new Promise((resolve) => {
      this.scheduler.schedule(wayMs, owner, () => {
        const isOk = !isLost && service?.isUp === true;
        if (isOk) service.seenUpAtMs.push(this.scheduler.nowMs);
        const failure = isLost ? 'timeout' : 'status-503';
        resolve({ ok: isOk, reasonCode: isOk ? 'status-200' : failure, latencyMs: Math.round(wayMs) });
      });
    });
  }

  noteEffect(effect: Effect, objection: string | undefined): void {
    this.effects.push(effect);
    if (objection !== undefined) this.breaches.push(breach('unlicensed-effect', `${effect.commandId} ${objection}`));
    this.tell(this.ground, () => `${effect.agentId} acts on ${effect.target} by ${effect.commandId}`);
  }

  /** What time mends is no defect; everything else is. */
  noteProblem(owner: SimProcess, message: string, error: unknown): void {
    this.tell(owner, () => `${message}: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof ZantaraError && error.kind !== 'invalid') return;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.crashes.push(`${owner.name}: ${message}: ${text}`);
  }

  tell(owner: SimProcess, line: () => string): void {
    this.options.trace?.(`${(this.scheduler.nowMs / 1000).toFixed(3).padStart(9)} ${owner.name}: ${line()}`);
  }

  private startOrchestratorIn(index: number, delayMs: number): void {
    const ended = this.orchestrators[index];
    this.scheduler.schedule(delayMs, this.ground, () => {
      if (this.orchestrators[index] === ended) this.startOrchestrator(index);
    });
  }

  private createServices(): SimService[] {
    const services: SimService[] = [];
    for (const { id, agent, needs } of this.plan.services) {
      const needed = needs.flatMap((index) => services[index] ?? []);
      services.push(new SimService(id, `agent-${agent}`, needed, () => this.scheduler.nowMs));
    }
    return services;
  }

  private createHomes(): AgentHome[] {
    return this.plan.characters.map((character, index) => {
      const agentId = `agent-${index}`;
      const services = this.services.filter(({ ownerAgent }) => ownerAgent === agentId);
      const ledger = new SimLedger(agentId);
      const latencyMs = (): number => this.weather.shortWayMs() / 2;
      const disk = new AgentDisk(this.scheduler, this.ground, latencyMs, (item) => ledger.noteStored(item));
      return { agentId, services, disk, ledger, character, isTerse: this.plan.areTerse[index] === true };
    });
  }
}
