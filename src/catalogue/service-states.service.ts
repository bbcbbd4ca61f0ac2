import { Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Heartbeat } from '#libs/contracts';
import { type Folded, foldStream, unchangedSince } from '../platform/log/fold-stream.ts';
import { Log } from '../platform/log/log.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';
import { CatalogueService } from './catalogue.service.ts';
import type { ServiceStateChanged } from './service-state.events.ts';
import { evolveServiceState, observeHeartbeat, observeSilence, type ServiceStateFold, UNHEARD_OF } from './service-state.ts';

interface Pulse {
  intervalMs: number;
  /** By the monotonic clock of this process. */
  heardAtMs: number;
  isSilent: boolean;
}

/** As many missing heartbeats make an agent's services unknown. */
export const HEARTBEATS_UNTIL_SILENT = 3;
const WATCH_INTERVAL_MS = 1000;

/** Until an agent has told its interval, in milliseconds. */
const ASSUMED_INTERVAL_MS = 10_000;

const firstPulse = (): Pulse => ({ intervalMs: ASSUMED_INTERVAL_MS, heardAtMs: performance.now(), isSilent: false });

/** What the agents say of their services. Only changes go to the log. */
@Injectable()
export class ServiceStatesService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly known = new Map<string, Folded<ServiceStateFold>>();
  private readonly pulses = new Map<string, Pulse>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: Log,
    private readonly catalogue: CatalogueService,
    private readonly logger: AppLogger,
  ) {}

  onApplicationBootstrap(): void {
    // Who was heard before this start has as long as everybody else to be heard again.
    for (const { id } of this.catalogue.agents()) this.pulses.set(id, firstPulse());
    const watch = (): void =>
      void this.watch().catch((error: unknown) => this.logger.problem('a silent agent could not be recorded', error));
    this.timer = setInterval(watch, WATCH_INTERVAL_MS);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Takes in a heartbeat; of services that the agent doesn't own it says nothing. */
  async onHeartbeat(agentId: string, heartbeat: Heartbeat): Promise<void> {
    this.pulses.set(agentId, { intervalMs: heartbeat.interval_ms, heardAtMs: performance.now(), isSilent: false });
    const owned = new Set(this.catalogue.servicesOf(agentId).map(({ id }) => id));
    for (const service of heartbeat.services.filter(({ service_id: id }) => owned.has(id))) {
      await this.change(service.service_id, (state) => observeHeartbeat(state, agentId, service));
    }
  }

  private async watch(): Promise<void> {
    for (const [agentId, pulse] of this.pulses) {
      if (pulse.isSilent || performance.now() - pulse.heardAtMs < HEARTBEATS_UNTIL_SILENT * pulse.intervalMs) continue;
      for (const { id } of this.catalogue.servicesOf(agentId)) {
        await this.change(id, (state) => observeSilence(state, agentId, id));
      }
      pulse.isSilent = true;
    }
  }

  private async change(serviceId: string, observe: (state: ServiceStateFold) => ServiceStateChanged[]): Promise<void> {
    const stream = logStreams.service(serviceId);
    for (let current = this.known.get(serviceId); ; current = undefined) {
      current ??= await foldStream<ServiceStateFold, ServiceStateChanged>(this.log.store, stream, UNHEARD_OF, evolveServiceState);
      this.known.set(serviceId, current);
      const events = observe(current.state);
      if (events.length === 0) return;
      const result = await this.log.append({
        actor: 'catalogue',
        key: `state:${serviceId}:${current.version}`,
        writes: [{ stream, expected: unchangedSince(current), events }],
      });
      if (result.status !== 'appended') continue;
      const state = events.reduce(evolveServiceState, current.state);
      this.known.set(serviceId, { state, version: current.version + events.length });
      return;
    }
  }
}
