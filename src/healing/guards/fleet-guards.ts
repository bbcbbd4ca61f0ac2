import type { OrchestratorCode } from '#libs/contracts';
import type { FleetLimit } from '../fleet/fleet-slot.events.ts';
import { isStorm } from '../storm/storm.ts';
import { allow, defer, deny, type Guard, type TargetContext } from './guard.ts';

/** Decisions rest on what was read: what is long out of date would decide about a system that is no more. */
export const readModelsCurrent: Guard<TargetContext> = {
  name: 'read-models-current',
  judge: ({ readModelLagMs, policy }) => {
    if (policy === undefined) return deny('policy-unknown');
    if (readModelLagMs === undefined) return deny('read-model-lag-unknown');
    return readModelLagMs <= policy.limits.max_read_model_lag_ms ? allow : defer('read-models-are-behind');
  },
};

/** Where much fails alike at once, the cause is elsewhere, and a hundred restarts would be a hundred outages more. */
export const correlatedStorm: Guard<TargetContext> = {
  name: 'correlated-storm',
  judge: ({ storm, policy }) => {
    if (policy === undefined) return deny('policy-unknown');
    if (storm === undefined) return deny('storm-unknown');
    return isStorm(storm, policy.limits) ? defer('many-targets-fail-alike') : allow;
  },
};

const needsRoom = (name: string, limit: FleetLimit, code: OrchestratorCode): Guard<TargetContext> => ({
  name,
  judge: ({ fleet }) => {
    if (fleet === undefined) return deny('fleet-unknown');
    const { free, isHeld } = fleet[limit];
    return isHeld || free !== undefined ? allow : defer(code);
  },
});

export const fleetConcurrency = needsRoom('fleet-concurrency', 'live', 'too-many-live-fixes');
export const blastRadius = needsRoom('blast-radius', 'radius', 'too-many-targets-touched');
export const budget = needsRoom('budget', 'budget', 'budget-is-spent');
