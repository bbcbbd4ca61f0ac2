import type { OrchestratorCode } from '#libs/contracts';
import { isRateExhausted } from '../slot.ts';
import {
  allow,
  defer,
  deny,
  type DependencyState,
  type Guard,
  isHealthySince,
  type TargetContext,
  WAITS_FOR_DEPENDENCIES,
} from './guard.ts';

/** Evidence older than this, in milliseconds, is probed again before it decides. */
const MAX_EVIDENCE_AGE_MS = 60_000;
/** Evidence can't be younger than now; by more than this, in milliseconds, its time means nothing. */
const MAX_AHEAD_MS = 5_000;
const FAILURES_THAT_PERSIST = 2;

/** The word of its agent that it is over was there before the report, which came late. */
export const TARGET_IS_HEALTHY_AGAIN = 'target-is-healthy-again';

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
  judge: ({ evidence, nowMs }) => {
    const ageMs = nowMs - Date.parse(evidence.observed_at);
    if (!Number.isFinite(ageMs) || ageMs < -MAX_AHEAD_MS) return deny('evidence-age-unknown');
    return ageMs <= MAX_EVIDENCE_AGE_MS ? allow : defer('evidence-is-stale');
  },
};

const symptomPersists: Guard = {
  name: 'symptom-persists',
  judge: ({ evidence }) =>
    evidence.exited || evidence.consecutive_failures >= FAILURES_THAT_PERSIST ? allow : defer('symptom-has-not-persisted'),
};

/**
 * What its agent says after it was seen failing counts more than what was seen. A process that has ended stays so; one that only
 * failed, while something that it needs was down, may be well as soon as that is back.
 */
const targetIsFailing: Guard = {
  name: 'target-is-failing',
  judge: ({ evidence, said, dependencies }) => {
    const seenAtMs = Date.parse(evidence.observed_at);
    if (isHealthySince(said, seenAtMs)) return defer(TARGET_IS_HEALTHY_AGAIN);
    if (evidence.exited) return allow;
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

const actionRate: Guard<TargetContext> = {
  name: 'action-rate',
  judge: ({ slot, nowMs }) => (isRateExhausted(slot, nowMs) ? deny('too-many-actions-in-an-hour') : allow),
};

const autonomy: Guard<TargetContext> = {
  name: 'autonomy',
  judge: ({ service, strategy }) => {
    if (strategy.family === 'patch') return deny('needs-approval');
    return service?.autonomy === 'auto' ? allow : deny('autonomy-is-not-auto');
  },
};

/** The guards in the order in which they are asked. */
export const GUARDS: readonly Guard[] = [
  exactlyOneOwnedTarget,
  evidenceCeiling,
  freshEvidence,
  symptomPersists,
  targetIsFailing,
  lastHealthyReplica,
  dependencyIsUp,
  oneLiveFix,
  actionRate,
  autonomy,
];

/** What is asked again before a further attempt of the same fix, which holds the slot and whose last probe is the evidence. */
export const FURTHER_ATTEMPT_GUARDS: readonly Guard<TargetContext>[] = [
  exactlyOneOwnedTarget,
  lastHealthyReplica,
  dependencyIsUp,
  actionRate,
  autonomy,
];
