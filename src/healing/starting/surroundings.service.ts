import { Injectable } from '@nestjs/common';
import type { StreamCondition } from '#libs/event-store';
import type { Strategy } from '#libs/fix-strategies';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import { Clock } from '../../platform/clock.ts';
import { unchangedSince } from '../../platform/log/fold-stream.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import { findStop } from '../control/control.ts';
import { ControlSwitch } from '../control/control-switch.service.ts';
import { computeBlastRadius, type FleetRoom } from '../fleet/fleet-places.ts';
import type { FleetLimit } from '../fleet/fleet-slot.events.ts';
import { FleetSlots } from '../fleet/fleet-slots.service.ts';
import type { Surroundings } from '../guards/guard.ts';
import { PoliciesService } from '../policy/policies.service.ts';
import { resolvePolicy } from '../policy/policy.ts';
import type { Limits } from '../policy/policy-settings.ts';
import { ReadModelLag } from '../../platform/projections/read-model-lag.ts';
import { StormsService } from '../storm/storms.service.ts';

export interface GatheredSurroundings {
  surroundings: Surroundings;
  /** Under which that holds: a command is stored only while nobody has stopped, frozen or changed anything meanwhile. */
  conditions: StreamCondition[];
}

const HOUR_MS = 3_600_000;

/** What something is to be done about. */
export interface FaultOfTarget {
  readonly target: string;
  readonly incidentId: string;
  /** Where it is known already. */
  readonly symptom?: string;
}

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

  async gather(strategy: Strategy, { target, incidentId, symptom: known }: FaultOfTarget): Promise<GatheredSurroundings> {
    const [symptom] = await Promise.all([
      known ?? this.storms.findSymptom(incidentId),
      this.catalogue.catchUp(),
      this.control.load(),
      this.policies.load(),
      this.storms.catchUp(),
      this.fleet.catchUp(),
    ]);
    return this.compose(strategy, target, (...question) => this.storms.describe(...question, symptom));
  }

  /** As `gather`, by what this process knows without asking, and before the log tells of it. */
  suppose(strategy: Strategy, target: string): GatheredSurroundings {
    return this.compose(strategy, target, (...question) => this.storms.describeExpected(...question));
  }

  private compose(strategy: Strategy, target: string, describeStorm: StormsService['describeExpected']): GatheredSurroundings {
    const nowMs = this.clock.nowMs();
    const [stops, policies, storms] = [this.control.current, this.policies.current, this.storms.current];
    const service = this.catalogue.findService(target);
    const policy = resolvePolicy(policies.state, { service, target, strategy, nowMs });
    const storm = describeStorm(target, storms.state, policy.limits);
    const fleet = this.findRooms(policy.limits, target, nowMs);
    const stop = findStop(stops.state, { service: target, strategy: strategy.id }) ?? null;
    return {
      surroundings: { stop, policy, readModelLagMs: this.lag.lagMs, storm, fleet },
      conditions: [
        this.catalogue.unchanged,
        { stream: logStreams.control, expected: unchangedSince(stops) },
        { stream: logStreams.policy, expected: unchangedSince(policies) },
        { stream: logStreams.storm, expected: unchangedSince(storms) },
      ],
    };
  }

  private findRooms(limits: Limits, target: string, nowMs: number): Record<FleetLimit, FleetRoom> {
    const common = { target, nowMs };
    const radius = computeBlastRadius(limits.blast_radius_share, this.catalogue.countServices());
    return this.fleet.findRooms({
      live: { ...common, kind: 'live', limit: limits.max_live_fixes, windowMs: 0 },
      radius: { ...common, kind: 'radius', limit: radius, windowMs: limits.blast_radius_window_ms },
      budget: { ...common, kind: 'budget', limit: limits.max_fleet_actions_per_hour, windowMs: HOUR_MS },
    });
  }
}
