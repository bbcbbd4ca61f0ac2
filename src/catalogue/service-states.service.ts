import { Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Heartbeat, HeartbeatService } from '#libs/contracts';
import type { StreamCondition } from '#libs/event-store';
import { unchangedSince } from '../platform/log/fold-stream.ts';
import { FollowedStream } from '../platform/log/followed-stream.ts';
import { Log } from '../platform/log/log.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';
import { settleAll } from '../platform/settle-all.ts';
import { AgentPulses } from './agent-pulses.ts';
import { CatalogueService } from './catalogue.service.ts';
import type { ServiceStateChanged } from './service-state.events.ts';
import { evolveServiceState, observeHeartbeat, observeSilence, type ServiceStateFold, UNHEARD_OF } from './service-state.ts';

/** As many missing heartbeats make an agent's services unknown. */
export const HEARTBEATS_UNTIL_SILENT = 3;
const WATCH_INTERVAL_MS = 1000;
/** After which a heartbeat that tells nothing new is held against the log again: another orchestrator may have written meanwhile. */
const LOOK_AGAIN_MS = 30_000;

interface FollowedService {
  stream: FollowedStream<ServiceStateFold, ServiceStateChanged>;
  lookedAtMs: number;
}

/** What the agents say of their services. Only changes go to the log. */
@Injectable()
export class ServiceStatesService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly known = new Map<string, FollowedService>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: Log,
    private readonly catalogue: CatalogueService,
    private readonly pulses: AgentPulses,
    private readonly logger: AppLogger,
  ) {}

  onApplicationBootstrap(): void {
    const watch = (): void =>
      void this.watch().catch((error: unknown) => this.logger.problem('a silent agent could not be recorded', error));
    this.timer = setInterval(watch, WATCH_INTERVAL_MS);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Takes in a heartbeat; of services that the agent doesn't own it says nothing. */
  async onHeartbeat(agentId: string, heartbeat: Heartbeat): Promise<void> {
    const owned = new Set(this.catalogue.servicesOf(agentId).map(({ id }) => id));
    // Together, so that what an agent of many services says first of them is stored in a few appends.
    const services = heartbeat.services.filter(({ service_id: id }) => owned.has(id));
    await settleAll(services.map((service) => this.takeIn(agentId, service)));
  }

  private async takeIn(agentId: string, service: HeartbeatService): Promise<void> {
    const observe = (state: ServiceStateFold): ServiceStateChanged[] => observeHeartbeat(state, agentId, service);
    if (this.mayTellSomething(service.service_id, observe)) await this.change(service.service_id, observe);
  }

  /** What the log holds of it by now. */
  async load(serviceId: string): Promise<ServiceStateFold> {
    return (await this.follow(serviceId).catchUp()).state;
  }

  /** As `load`, and under which condition it holds. */
  async catchUp(serviceId: string): Promise<{ said: ServiceStateFold; unchanged: StreamCondition }> {
    const current = await this.follow(serviceId).catchUp();
    return { said: current.state, unchanged: { stream: logStreams.service(serviceId), expected: unchangedSince(current) } };
  }

  private async watch(): Promise<void> {
    for (const pulse of this.pulses.listSilent(HEARTBEATS_UNTIL_SILENT)) {
      for (const { id } of this.catalogue.servicesOf(pulse.agentId)) {
        await this.change(id, (state) => observeSilence(state, pulse.agentId, id));
      }
      pulse.isRecorded = true;
    }
  }

  /** Thousands of services are spoken of every few seconds, and hardly ever something new is said. */
  private mayTellSomething(serviceId: string, observe: (state: ServiceStateFold) => ServiceStateChanged[]): boolean {
    const known = this.known.get(serviceId);
    if (known === undefined || performance.now() - known.lookedAtMs >= LOOK_AGAIN_MS) return true;
    return observe(known.stream.current.state).length > 0;
  }

  private async change(serviceId: string, observe: (state: ServiceStateFold) => ServiceStateChanged[]): Promise<void> {
    for (;;) {
      const current = await this.follow(serviceId).catchUp();
      const events = observe(current.state);
      if (events.length === 0) return;
      const result = await this.log.append({
        actor: 'catalogue',
        key: `state:${serviceId}:${current.version}`,
        writes: [{ stream: logStreams.service(serviceId), expected: unchangedSince(current), events }],
      });
      if (result.status === 'appended') return;
    }
  }

  /** Other orchestrators write as well: without their word a heartbeat would be held for old, or a silence for new. */
  private follow(serviceId: string): FollowedStream<ServiceStateFold, ServiceStateChanged> {
    const { log, known } = this;
    const stream =
      known.get(serviceId)?.stream ??
      new FollowedStream<ServiceStateFold, ServiceStateChanged>(
        log.store,
        logStreams.service(serviceId),
        UNHEARD_OF,
        evolveServiceState,
      );
    known.set(serviceId, { stream, lookedAtMs: performance.now() });
    return stream;
  }
}
