import { Injectable } from '@nestjs/common';
import type { StreamCondition } from '#libs/event-store';
import type { Strategy } from '#libs/fix-strategies';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import { Clock } from '../platform/clock.ts';
import { unchangedSince } from '../platform/log/fold-stream.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { findStop } from './control/control.ts';
import { ControlSwitch } from './control/control-switch.service.ts';
import { computeBlastRadius, type FleetRoom, type RoomQuestion } from './fleet/fleet-places.ts';
import type { FleetLimit } from './fleet/fleet-slot.events.ts';
import { FleetSlots } from './fleet/fleet-slots.service.ts';
import type { Surroundings } from './guards/guard.ts';
import { PoliciesService } from './policy/policies.service.ts';
import { resolvePolicy } from './policy/policy.ts';
import type { Limits } from './policy/policy-settings.ts';
import { ReadModelLag } from './read-model-lag.ts';
import { StormsService } from './storm/storms.service.ts';

export interface GatheredSurroundings {
  surroundings: Surroundings;
  /** Under which that holds: a command is stored only while nobody has stopped, frozen or changed anything meanwhile. */
  conditions: StreamCondition[];
}

const HOUR_MS = 3_600_000;

/** Gathers what is known beside the target: what persons have set, and how the whole fleet is. */
@Injectable()
export class SurroundingsService {
  constructor(
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
    private readonly control: ControlSwitch,
    private readonly policies: PoliciesService,
    private readonly fleet: FleetSlots,
    private readonly storms: StormsService,
    private readonly lag: ReadModelLag,
  ) {}

  async gather(strategy: Strategy, target: string): Promise<GatheredSurroundings> {
    const [stops, policies] = await Promise.all([this.control.load(), this.policies.load()]);
    const nowMs = this.clock.nowMs();
    const service = this.catalogue.findService(target);
    const policy = resolvePolicy(policies.state, { service, target, strategy, nowMs });
    const { storm, unchanged } = await this.storms.load(target, policy.limits);
    const fleet = await this.findRooms(policy.limits, target, nowMs);
    const stop = findStop(stops.state, { service: target, strategy: strategy.id }) ?? null;
    return {
      surroundings: { stop, policy, readModelLagMs: this.lag.lagMs, storm, fleet },
      conditions: [
        { stream: logStreams.control, expected: unchangedSince(stops) },
        { stream: logStreams.policy, expected: unchangedSince(policies) },
        unchanged,
      ],
    };
  }

  private findRooms(limits: Limits, target: string, nowMs: number): Promise<Record<FleetLimit, FleetRoom>> {
    const common = { target, nowMs, first: spread(target) };
    const radius = computeBlastRadius(limits.blast_radius_share, this.catalogue.countServices());
    const questions: Record<FleetLimit, RoomQuestion> = {
      live: { ...common, kind: 'live', limit: limits.max_live_fixes, windowMs: 0 },
      radius: { ...common, kind: 'radius', limit: radius, windowMs: limits.blast_radius_window_ms },
      budget: { ...common, kind: 'budget', limit: limits.max_fleet_actions_per_hour, windowMs: HOUR_MS },
    };
    return this.fleet.findRooms(questions);
  }
}

/** Targets begin to look at different places. */
const spread = (target: string): number =>
  Array.from(target).reduce((hash, character) => (hash * 31 + character.charCodeAt(0)) % 1_000_003, 7);
