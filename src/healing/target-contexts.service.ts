import { Injectable } from '@nestjs/common';
import type { Strategy } from '#libs/fix-strategies';
import type { CatalogueEntry } from '../catalogue/catalogue.ts';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import { ServiceStatesService } from '../catalogue/service-states.service.ts';
import { Clock } from '../platform/clock.ts';
import type { ProbeOutcome } from './fix-saga.inputs.ts';
import type { DependencyState, TargetContext } from './guards/guard.ts';
import { Prober } from './probe.ts';
import { SlotsService } from './slots.service.ts';

export interface GatheredContext {
  context: TargetContext;
  /** Of the slot's stream when it was read. */
  slotVersion: number;
}

/** Gathers what the guards look at, at the moment at which they are asked. */
@Injectable()
export class TargetContextsService {
  constructor(
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
    private readonly states: ServiceStatesService,
    private readonly slots: SlotsService,
    private readonly prober: Prober,
  ) {}

  async gather(strategy: Strategy, target: string): Promise<GatheredContext> {
    const service = this.catalogue.findService(target);
    const { state, saidAtMs } = await this.states.load(target);
    const { state: slot, version: slotVersion } = await this.slots.load(target);
    const dependencies = await Promise.all((service?.dependsOn ?? []).map((id) => this.look(id)));
    // Probes take their time: what is judged by the clock is judged after them.
    const nowMs = this.clock.nowMs();
    const said = { state, saidAtMs };
    return { context: { nowMs, strategy, target, agentId: service?.ownerAgent, service, said, slot, dependencies }, slotVersion };
  }

  private async look(id: string): Promise<DependencyState> {
    const service = this.catalogue.findService(id);
    if (service === undefined) return { id, state: undefined };
    const { state, saidAtMs } = await this.states.load(id);
    const known = { id, state, saidAtMs };
    return state === 'healthy' ? { ...known, probe: await this.probe(service) } : known;
  }

  /** What died a moment ago is still healthy in the words of its agent. */
  private probe({ probeUrl, probeTimeoutMs }: CatalogueEntry): Promise<ProbeOutcome> {
    return this.prober.probe(probeUrl, probeTimeoutMs);
  }
}
