import { Injectable } from '@nestjs/common';
import type { Strategy } from '#libs/fix-strategies';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import { type SaidOfService, ServiceStatesService } from '../../catalogue/service-states.service.ts';
import type { StreamCondition } from '#libs/event-store';
import { Clock } from '../../platform/clock.ts';
import type { GuardWord } from '../../decisions/decision.events.ts';
import {
  type ApprovalWord,
  askGuards,
  type DependencyState,
  findObjection,
  type Guard,
  isLeftToPersons,
  needsTargetLook,
  type TargetContext,
} from '../guards/guard.ts';
import type { ProbeOutcome } from '../saga/fix-saga.inputs.ts';
import { SharedLooks } from '../verification/shared-looks.ts';
import type { Folded } from '../../platform/log/fold-stream.ts';
import { FREE_SLOT, type SlotState } from '../slots/slot.ts';
import { SlotsService } from '../slots/slots.service.ts';
import { type FaultOfTarget, type GatheredSurroundings, SurroundingsService } from './surroundings.service.ts';

export interface GatheredContext {
  context: TargetContext;
  /** Of the slot's stream when it was read. */
  slotVersion: number;
  /** Under which it all holds, beside the slot. */
  conditions: StreamCondition[];
}

export interface Answers<C extends TargetContext> {
  /** Of the guards that were asked, in their order. */
  words: GuardWord[];
  /** What they looked at. */
  context: C;
}

interface Gathered {
  strategy: Strategy;
  target: string;
  said: SaidOfService;
  slot: Folded<SlotState>;
  gathered: GatheredSurroundings;
  dependencies: readonly DependencyState[];
  approval: ApprovalWord;
}

const NOBODY_ASKED: ApprovalWord = { granted: 0, required: 0 };

/** Gathers what the guards look at, at the moment at which they are asked. */
@Injectable()
export class TargetContextsService {
  constructor(
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
    private readonly states: ServiceStatesService,
    private readonly slots: SlotsService,
    private readonly looks: SharedLooks,
    private readonly surroundings: SurroundingsService,
  ) {}

  /** Without a look at the dependencies. */
  async gather(strategy: Strategy, fault: FaultOfTarget, approval: ApprovalWord = NOBODY_ASKED): Promise<GatheredContext> {
    const { target } = fault;
    const [said, slot, gathered] = await Promise.all([
      this.states.catchUp(target),
      this.slots.load(target),
      this.surroundings.gather(strategy, fault),
    ]);
    const service = this.catalogue.findService(target);
    const dependencies = await Promise.all((service?.dependsOn ?? []).map((id) => this.describe(id)));
    return this.compose({ strategy, target, said, slot, gathered, dependencies, approval });
  }

  /** As `gather`, by what this process knows without asking: that nobody has ever acted on the target is supposed. */
  suppose(strategy: Strategy, target: string): GatheredContext | undefined {
    const said = this.states.suppose(target);
    if (said === undefined || this.catalogue.findService(target)?.dependsOn.length !== 0) return undefined;
    const gathered = this.surroundings.suppose(strategy, target);
    const slot = { state: FREE_SLOT, version: 0 };
    return this.compose({ strategy, target, said, slot, gathered, dependencies: [], approval: NOBODY_ASKED });
  }

  private compose({ strategy, target, said, slot, gathered, dependencies, approval }: Gathered): GatheredContext {
    const service = this.catalogue.findService(target);
    const { state, saidAtMs } = said.said;
    const known = { service, said: { state, saidAtMs }, slot: slot.state, dependencies, approval, ...gathered.surroundings };
    const context = { nowMs: this.clock.nowMs(), strategy, target, agentId: service?.ownerAgent, ...known };
    return { context, slotVersion: slot.version, conditions: [...gathered.conditions, said.unchanged] };
  }

  /** Asks all guards, unless one objects that needs no look: the one reader that decides waits for looks, and with it every incident. */
  async ask<C extends TargetContext>(guards: readonly Guard<C>[], context: C): Promise<Answers<C>> {
    const words = askGuards(
      guards.filter(({ needsLook }) => needsLook !== true),
      context,
    );
    const objection = findObjection(words);
    if (objection !== undefined && !isLeftToPersons(objection)) return { words, context };
    const looked = await this.look(context);
    return { words: askGuards(guards, looked), context: looked };
  }

  private async look<C extends TargetContext>(context: C): Promise<C> {
    const [probe, ...dependencies] = await Promise.all([
      needsTargetLook(context) ? this.lookAtTarget(context) : undefined,
      ...context.dependencies.map((dependency) => this.lookAt(dependency)),
    ]);
    // What is judged by the clock is judged after that.
    return { ...context, dependencies, ...(probe === undefined ? {} : { probe }), nowMs: this.clock.nowMs() };
  }

  /** Nothing is measured of what the catalogue doesn't know. */
  private async lookAtTarget({ service, nowMs }: TargetContext): Promise<ProbeOutcome | undefined> {
    return service === undefined ? undefined : this.looks.look(service, nowMs);
  }

  private async describe(id: string): Promise<DependencyState> {
    if (this.catalogue.findService(id) === undefined) return { id, state: undefined };
    const { state, saidAtMs } = await this.states.load(id);
    return { id, state, saidAtMs };
  }

  /** What died a moment ago is still healthy in the words of its agent. */
  private async lookAt(dependency: DependencyState): Promise<DependencyState> {
    const service = this.catalogue.findService(dependency.id);
    if (service === undefined || dependency.state !== 'healthy') return dependency;
    return { ...dependency, probe: await this.looks.look(service, dependency.saidAtMs ?? 0) };
  }
}
