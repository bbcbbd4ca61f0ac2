import type { JsonObject } from '#libs/contracts';
import type { ProbeOutcome } from '../saga/fix-saga.inputs.ts';
import type { FleetRoom } from '../fleet/fleet-places.ts';
import type { PolicyWord } from '../policy/policy.ts';
import type { DependencyState, TargetContext } from './guard.ts';

/** What the guards looked at, as it is stored: their words can be found again from it. */
export const describeContext = (context: TargetContext): JsonObject => ({
  ...describeTarget(context),
  ...describeSurroundings(context),
});

const describeTarget = ({ service, said, slot, dependencies, approval, probe, nowMs }: TargetContext): JsonObject => ({
  service: service === undefined ? null : { ...service },
  said: { state: said.state, said_at_ms: said.saidAtMs ?? null },
  slot: { live_fix: slot.liveFix ?? null, reserved_at_ms: slot.reservedAtMs },
  dependencies: dependencies.map(describeDependency),
  approval: { ...approval },
  probe: probe === undefined ? null : describeProbe(probe),
  now_ms: nowMs,
});

const describeSurroundings = ({ stop, policy, readModelLagMs, storm, fleet }: TargetContext): JsonObject => ({
  stop: stop ?? (stop === null ? 'none' : null),
  policy: policy === undefined ? null : describePolicy(policy),
  read_model_lag_ms: readModelLagMs ?? null,
  storm: storm === undefined ? null : { ...storm },
  fleet:
    fleet === undefined
      ? null
      : { live: describeRoom(fleet.live), radius: describeRoom(fleet.radius), budget: describeRoom(fleet.budget) },
});

const describePolicy = ({ limits, autonomy, neverTouch, freeze }: PolicyWord): JsonObject => ({
  limits: { ...limits },
  autonomy,
  never_touch: neverTouch ?? null,
  freeze: freeze?.freeze_id ?? null,
});

const describeRoom = ({ used, limit, isHeld }: FleetRoom): JsonObject => ({ used, limit, is_held: isHeld });

const describeProbe = ({ ok, reasonCode, latencyMs }: ProbeOutcome): JsonObject => ({
  ok,
  reason_code: reasonCode,
  latency_ms: latencyMs,
});

const describeDependency = ({ id, state, saidAtMs, probe }: DependencyState): JsonObject => ({
  id,
  state: state ?? null,
  said_at_ms: saidAtMs ?? null,
  probe: probe === undefined ? null : describeProbe(probe),
});
