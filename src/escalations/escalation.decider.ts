import type { EscalationClosed, EscalationJoined, EscalationKind, EscalationRaised } from './escalation.events.ts';
import type { Escalation, EscalationState } from './escalation.ts';
import { episodeOfEscalation, keyOfRoot, type Trigger } from './root-cause.ts';

/** What is back within this time, in milliseconds, after it was over, is the same: what flaps is told once. */
const BACK_WITHIN_MS = 600_000;

/**
 * What a trigger makes of the root cause that it belongs to: the first one raises, further ones join, what is known is nothing, and
 * what comes soon after it was over opens it again.
 *
 * @param atMs when the log took the trigger in, in milliseconds since 1970
 */
export function decideTrigger(
  state: EscalationState,
  root: string,
  trigger: Trigger,
  atMs: number,
): (EscalationRaised | EscalationJoined)[] {
  if (state?.state === 'open') return isTakenIn(state, trigger) ? [] : [join(state, trigger)];
  // Handled once more, after its time.
  if (state !== undefined && trigger.type === 'incident' && state.incidentIds.includes(trigger.incidentId)) return [];
  if (state?.closedAtMs !== undefined && atMs - state.closedAtMs <= BACK_WITHIN_MS) return [join(state, trigger)];
  return [raise(state, root, trigger)];
}

function isTakenIn({ incidentIds, silentServices }: Escalation, trigger: Trigger): boolean {
  if (trigger.type === 'incident') return incidentIds.includes(trigger.incidentId);
  return trigger.type === 'storm' || silentServices.includes(trigger.service);
}

function raise(previous: EscalationState, root: string, trigger: Trigger): EscalationRaised {
  const episode = previous === undefined ? 1 : episodeOfEscalation(previous.id) + 1;
  const counts =
    trigger.type === 'storm' ? { failing_targets: trigger.failingTargets, all_targets: trigger.allTargets } : membersOf(trigger);
  return {
    type: 'EscalationRaised',
    data: { escalation_id: `${keyOfRoot(root)}-${episode}`, root, kind: kindOf(root), reason_code: reasonOf(trigger), ...counts },
  };
}

const join = ({ id, root }: Escalation, trigger: Trigger): EscalationJoined => ({
  type: 'EscalationJoined',
  data: { escalation_id: id, root, reason_code: reasonOf(trigger), ...(trigger.type === 'storm' ? {} : membersOf(trigger)) },
});

const membersOf = (trigger: Exclude<Trigger, { type: 'storm' }>): { incident_id?: string; service: string } => ({
  ...(trigger.type === 'incident' ? { incident_id: trigger.incidentId } : {}),
  service: trigger.service,
});

const reasonOf = (trigger: Trigger): string => (trigger.type === 'storm' ? 'many-targets-fail-alike' : trigger.reasonCode);

function kindOf(root: string): EscalationKind {
  if (root.startsWith('agent:')) return 'agent';
  return root.startsWith('storm:') ? 'storm' : 'service';
}

/** What is known of its members by now. */
export interface Endings {
  /** Incidents that are over. */
  ended: ReadonlySet<string>;
  /** Services that are still unknown. */
  silent: ReadonlySet<string>;
  isStormOn: boolean;
}

/** Over when everything that is in it is. */
export function decideClose(state: EscalationState, { ended, silent, isStormOn }: Endings, nowMs: number): EscalationClosed[] {
  if (state?.state !== 'open') return [];
  const isOver =
    state.incidentIds.every((id) => ended.has(id)) && !state.silentServices.some((id) => silent.has(id)) && !isStormOn;
  if (!isOver) return [];
  const { id, root, incidentIds, raisedAtMs } = state;
  const open_ms = Math.max(0, nowMs - raisedAtMs);
  return [{ type: 'EscalationClosed', data: { escalation_id: id, root, incidents: incidentIds.length, open_ms } }];
}
