import type { JsonObject } from '#libs/contracts';
import type { DependencyState, TargetContext } from './guard.ts';

/** What the guards looked at, as it is stored: their words can be found again from it. */
export const describeContext = ({ service, said, slot, dependencies, nowMs }: TargetContext): JsonObject => ({
  service: service === undefined ? null : { ...service },
  said: { state: said.state, said_at_ms: said.saidAtMs ?? null },
  slot: { live_fix: slot.liveFix ?? null, reserved_at_ms: slot.reservedAtMs },
  dependencies: dependencies.map(describeDependency),
  now_ms: nowMs,
});

const describeDependency = ({ id, state, saidAtMs, probe }: DependencyState): JsonObject => ({
  id,
  state: state ?? null,
  said_at_ms: saidAtMs ?? null,
  probe: probe === undefined ? null : { ok: probe.ok, reason_code: probe.reasonCode, latency_ms: probe.latencyMs },
});
