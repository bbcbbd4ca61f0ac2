import type { OrchestratorCode } from '#libs/contracts';
import { computeCoolDownEnd, isRateExhausted } from '../slots/slot.ts';
import { approval, autonomy, freeze, killSwitch, neverTouch } from './authority-guards.ts';
import { blastRadius, budget, correlatedStorm, fleetConcurrency, readModelsCurrent } from './fleet-guards.ts';
import {
  ageOf,
  allow,
  defer,
  deny,
  type DependencyState,
  type Guard,
  isHealthySince,
  needsTargetLook,
  type TargetContext,
  WAITS_FOR_DEPENDENCIES,
} from './guard.ts';
import { TARGET_ANSWERS_PROBES, TARGET_IS_HEALTHY_AGAIN } from './recovery-word.ts';

/** Evidence can't be younger than now; by more than this, in milliseconds, its time means nothing. */
const MAX_AHEAD_MS = 5_000;

const exactlyOneOwnedTarget: Guard<TargetContext> = {
  name: 'exactly-one-owned-target',
  judge: ({ service, agentId }) => {
    if (service === undefined) return deny('target-not-in-catalogue');
    return service.ownerAgent === agentId ? allow : deny('owner-changed');
  },
};

/** Text from a page may never restart a service, and an agent only its own one. */
const evidenceCeiling: Guard = {
  name: 'evidence-ceiling',
  judge: ({ evidence, service, strategy }) => {
    if (strategy.facts.evidence !== 'own-agent') return deny('evidence-too-weak');
    if (evidence.agent_class !== 'service') return deny('evidence-too-weak');
    return evidence.agent_id === service?.ownerAgent ? allow : deny('reported-by-a-foreign-agent');
  },
};

const freshEvidence: Guard = {
  name: 'fresh-evidence',
  needsLook: true,
  judge: ({ evidence, nowMs, policy, probe }) => {
    if (policy === undefined) return deny('policy-unknown');
    const ageMs = ageOf(evidence, nowMs);
    if (!Number.isFinite(ageMs) || ageMs < -MAX_AHEAD_MS) return deny('evidence-age-unknown');
    if (ageMs <= policy.limits.max_evidence_age_ms) return allow;
    if (probe === undefined) return defer('evidence-is-stale');
    return probe.ok ? defer(TARGET_ANSWERS_PROBES) : allow;
  },
};

const symptomPersists: Guard = {
  name: 'symptom-persists',
  judge: ({ evidence, policy }) => {
    if (policy === undefined) return deny('policy-unknown');
    const hasPersisted = evidence.exited || evidence.consecutive_failures >= policy.limits.min_failed_checks;
    return hasPersisted ? allow : defer('symptom-has-not-persisted');
  },
};

/**
 * What its agent says after it was seen failing counts more than what was seen. A process that has ended stays so; one that only
 * failed, while something that it needs was down, may be well as soon as that is back: its agent would say so, or, when what was seen
 * is old, our own look at it.
 */
const targetIsFailing: Guard = {
  name: 'target-is-failing',
  judge: (context) => {
    const { evidence, said, dependencies } = context;
    const seenAtMs = Date.parse(evidence.observed_at);
    if (isHealthySince(said, seenAtMs)) return defer(TARGET_IS_HEALTHY_AGAIN);
    if (evidence.exited || needsTargetLook(context)) return allow;
    const hasRecovered = dependencies.some((dependency) => isHealthySince(dependency, seenAtMs));
    return hasRecovered ? defer('dependency-has-just-recovered') : allow;
  },
};

const lastHealthyReplica: Guard<TargetContext> = {
  name: 'last-healthy-replica',
  judge: ({ service }) => {
    if (service === undefined) return deny('target-not-in-catalogue');
    return service.singleReplica ? allow : deny('other-replicas-not-known-to-be-healthy');
  },
};

/** Whoever needs what is down would only fall again; and what nobody knows is taken for down. */
const dependencyIsUp: Guard<TargetContext> = {
  name: WAITS_FOR_DEPENDENCIES,
  needsLook: true,
  judge: ({ service, dependencies }) => {
    if (service === undefined) return deny('target-not-in-catalogue');
    const known = new Map(dependencies.map((dependency) => [dependency.id, dependency]));
    const objections = service.dependsOn.flatMap((id) => objectionTo(known.get(id)) ?? []);
    return objections[0] === undefined ? allow : deny(objections[0]);
  },
};

function objectionTo(dependency: DependencyState | undefined): OrchestratorCode | undefined {
  switch (dependency?.state) {
    case undefined:
      return 'dependency-unknown';
    case 'unknown':
    case 'stale':
      return 'dependency-state-unknown';
    case 'healthy':
      if (dependency?.probe === undefined) return 'dependency-state-unknown';
      return dependency.probe.ok ? undefined : 'dependency-is-down';
    case 'starting':
    case 'unhealthy':
    case 'stopped':
      return 'dependency-is-down';
  }
}

const oneLiveFix: Guard<TargetContext> = {
  name: 'one-live-fix-per-target',
  judge: ({ slot }) => (slot.liveFix === undefined ? allow : defer('another-fix-is-live')),
};

const coolDown: Guard<TargetContext> = {
  name: 'cool-down',
  judge: ({ slot, policy, nowMs }) => {
    if (policy === undefined) return deny('policy-unknown');
    return nowMs >= computeCoolDownEnd(slot, policy.limits) ? allow : defer('target-cools-down');
  },
};

const actionRate: Guard<TargetContext> = {
  name: 'action-rate',
  judge: ({ slot, policy, nowMs }) => {
    if (policy === undefined) return deny('policy-unknown');
    return isRateExhausted(slot, policy.limits, nowMs) ? deny('too-many-actions-in-an-hour') : allow;
  },
};

/** It worked, and it came back: to do it again is no repair. */
const futility: Guard = {
  name: 'futility',
  judge: ({ returns, policy }) => {
    if (policy === undefined) return deny('policy-unknown');
    if (returns === undefined) return deny('returns-unknown');
    return returns < policy.limits.max_returns_per_hour ? allow : deny('fault-keeps-returning');
  },
};

/** The guards in the order in which they are asked. */
export const GUARDS: readonly Guard[] = [
  killSwitch,
  neverTouch,
  freeze,
  exactlyOneOwnedTarget,
  evidenceCeiling,
  freshEvidence,
  symptomPersists,
  targetIsFailing,
  readModelsCurrent,
  correlatedStorm,
  lastHealthyReplica,
  dependencyIsUp,
  oneLiveFix,
  coolDown,
  actionRate,
  futility,
  fleetConcurrency,
  blastRadius,
  budget,
  autonomy,
  approval,
];

/**
 * What is asked again before a further attempt of the same fix, which holds its slots and whose last probe is the evidence. It may have
 * waited until its target no longer counts as touched, and others were.
 */
export const FURTHER_ATTEMPT_GUARDS: readonly Guard<TargetContext>[] = [
  killSwitch,
  neverTouch,
  freeze,
  exactlyOneOwnedTarget,
  correlatedStorm,
  lastHealthyReplica,
  dependencyIsUp,
  actionRate,
  blastRadius,
  budget,
  autonomy,
  approval,
];

/** What is asked when persons have approved what nothing was done of yet: their word and our own probe are the evidence. */
export const APPROVED_ACTION_GUARDS: readonly Guard<TargetContext>[] = [
  killSwitch,
  neverTouch,
  freeze,
  exactlyOneOwnedTarget,
  readModelsCurrent,
  correlatedStorm,
  lastHealthyReplica,
  dependencyIsUp,
  oneLiveFix,
  coolDown,
  actionRate,
  fleetConcurrency,
  blastRadius,
  budget,
  autonomy,
  approval,
];

/**
 * What is asked before a step is undone. Going back needs no symptom, room or autonomy, as going on did: only that nobody has
 * stopped it, that it may be touched at all, and that the command still reaches the one agent that answers for the target.
 */
export const UNDO_GUARDS: readonly Guard<TargetContext>[] = [killSwitch, neverTouch, exactlyOneOwnedTarget];

/** A person's undo of what had ended is live again: it needs a free target and a place among the live fixes. */
export const REQUESTED_UNDO_GUARDS: readonly Guard<TargetContext>[] = [...UNDO_GUARDS, oneLiveFix, fleetConcurrency];
