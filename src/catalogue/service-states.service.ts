import { Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Heartbeat } from '#libs/contracts';
import type { StreamCondition } from '#libs/event-store';
import { readableOf, type Recorded, selectRecorded } from '../platform/log/domain-event.ts';
import { type Folded, unchangedSince } from '../platform/log/fold-stream.ts';
import { FollowedStream } from '../platform/log/followed-stream.ts';
import { Log } from '../platform/log/log.ts';
import { LogSubscriptions } from '../platform/log/log-subscriptions.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';
import { settleAll } from '../platform/settle-all.ts';
import { AgentPulses } from './agent-pulses.ts';
import { CatalogueService } from './catalogue.service.ts';
import type { ServiceStateChanged } from './service-state.events.ts';
import { HeartbeatOrder } from './heartbeat-order.ts';
import {
  evolveServiceState,
  type HeardOfService,
  observeHeartbeat,
  observeSilence,
  type ServiceStateFold,
  UNHEARD_OF,
} from './service-state.ts';

export { HEARTBEATS_UNTIL_SILENT } from './agent-pulses.ts';

const WATCH_INTERVAL_MS = 1000;
const PAGE = 500;
const TOGETHER_MS = 50;

export interface SaidOfService {
  said: ServiceStateFold;
  unchanged: StreamCondition;
}

type FollowedService = FollowedStream<ServiceStateFold, ServiceStateChanged>;

/** What the agents say of their services. Only changes go to the log, and what other orchestrators store is followed there. */
@Injectable()
export class ServiceStatesService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly known = new Map<string, FollowedService>();
  private readonly order = new HeartbeatOrder();
  private timer: NodeJS.Timeout | undefined;
  /** Position up to which changes were taken in. */
  private readThrough: number | undefined;

  constructor(
    private readonly log: Log,
    private readonly catalogue: CatalogueService,
    private readonly pulses: AgentPulses,
    private readonly logger: AppLogger,
    subscriptions: LogSubscriptions,
  ) {
    subscriptions.followBySteps(
      'service-states',
      () => this.readOn(),
      () => TOGETHER_MS,
    );
  }

  onApplicationBootstrap(): void {
    const watch = (): void =>
      void this.watch().catch((error: unknown) => this.logger.problem('a silent agent could not be recorded', error));
    this.timer = setInterval(watch, WATCH_INTERVAL_MS);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /**
   * Takes in a heartbeat; of services that the agent doesn't own it says nothing, and nothing at all when it was overtaken.
   *
   * @param heardAtMs when NATS had it, in milliseconds since 1970
   */
  async onHeartbeat(agentId: string, heartbeat: Heartbeat, heardAtMs: number): Promise<void> {
    if (this.order.countLater(agentId, heartbeat) > 0) return;
    // Others may have taken those in.
    if (this.pulses.isLongOvertaken(agentId, heartbeat)) return;
    const owned = new Set(this.catalogue.servicesOf(agentId).map(({ id }) => id));
    // Together, so that what an agent of many services says first of them is stored in a few appends.
    const services = heartbeat.services.filter(({ service_id: id }) => owned.has(id));
    await settleAll(services.map((service) => this.takeIn({ agentId, service, heardAtMs })));
    // Not before: until all is stored it comes again.
    this.order.note(agentId, heartbeat);
  }

  private async takeIn(heard: HeardOfService): Promise<void> {
    const { service_id: id } = heard.service;
    const observe = (state: ServiceStateFold): ServiceStateChanged[] => observeHeartbeat(state, heard);
    if (this.mayTellSomething(id, observe)) await this.change(id, observe);
  }

  /** What the log holds of it by now. */
  async load(serviceId: string): Promise<ServiceStateFold> {
    return (await this.follow(serviceId).catchUp()).state;
  }

  /** As `load`, and under which condition it holds. */
  async catchUp(serviceId: string): Promise<SaidOfService> {
    return describe(serviceId, await this.follow(serviceId).catchUp());
  }

  /** As `catchUp`, by what this process knows without asking. */
  suppose(serviceId: string): SaidOfService | undefined {
    const known = this.known.get(serviceId);
    return known && describe(serviceId, known.current);
  }

  private async watch(): Promise<void> {
    for (const pulse of this.pulses.listSilent()) {
      for (const { id } of this.catalogue.servicesOf(pulse.agentId)) {
        await this.change(id, (state) => observeSilence(state, pulse.agentId, id));
      }
      pulse.isRecorded = true;
    }
  }

  /** Thousands of services are spoken of every few seconds, and hardly ever something new is said. */
  private mayTellSomething(serviceId: string, observe: (state: ServiceStateFold) => ServiceStateChanged[]): boolean {
    const known = this.known.get(serviceId);
    return known === undefined || observe(known.current.state).length > 0;
  }

  /** Other orchestrators write as well: without their word a heartbeat would be held for old, or a silence for new. */
  private async readOn(): Promise<boolean> {
    const after = this.readThrough ?? (await this.begin());
    const page = await this.log.store.readPage({ after, limit: PAGE, types: ['ServiceStateChanged'], follows: true });
    for (const event of selectRecorded<ServiceStateChanged>(readableOf(page), ['ServiceStateChanged'])) this.take(event);
    this.readThrough = page.last;
    return page.last - after >= PAGE;
  }

  /** What was read before may lack what was stored before the place from which it is followed. */
  private async begin(): Promise<number> {
    const { position } = await this.log.store.head();
    this.known.clear();
    return position;
  }

  private take(event: Recorded<ServiceStateChanged>): void {
    const { service_id: id } = event.data;
    // Where something is missing all is read anew.
    if (this.known.get(id)?.take(event) === false) this.known.delete(id);
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

  private follow(serviceId: string): FollowedService {
    const known = this.known.get(serviceId);
    if (known !== undefined) return known;
    const stream = logStreams.service(serviceId);
    const followed: FollowedService = new FollowedStream(this.log.store, stream, UNHEARD_OF, evolveServiceState);
    this.known.set(serviceId, followed);
    return followed;
  }
}

const describe = (serviceId: string, current: Folded<ServiceStateFold>): SaidOfService => ({
  said: current.state,
  unchanged: { stream: logStreams.service(serviceId), expected: unchangedSince(current) },
});
