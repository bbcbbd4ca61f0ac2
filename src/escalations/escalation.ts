import type { Recorded } from '../platform/log/domain-event.ts';
import type { EscalationEvent, EscalationKind, EscalationRaised } from './escalation.events.ts';

/** How far telling somebody is. Without `dueAtMs` nothing is to be sent. */
export interface Notification {
  /** Of all attempts; the number of the latest. */
  attempts: number;
  /** Since it was raised, or since a person wanted it sent again. */
  tries: number;
  dueAtMs?: number | undefined;
}

/** The latest episode of one root cause. */
export interface Escalation {
  id: string;
  root: string;
  kind: EscalationKind;
  state: 'open' | 'closed';
  reasonCode: string;
  raisedAtMs: number;
  closedAtMs?: number | undefined;
  /** Never another one, however often it is sent. */
  webhookId: string;
  incidentIds: readonly string[];
  /** Services in the order in which they were named. */
  services: readonly string[];
  /** Of those, the ones that nobody hears of. */
  silentServices: readonly string[];
  storm?: { failingTargets: number; allTargets: number };
  notification: Notification;
}

/** Nothing before the first episode. */
export type EscalationState = Escalation | undefined;

/** Folds one event of an escalation stream. */
export function evolveEscalation(state: EscalationState, event: Recorded<EscalationEvent>): EscalationState {
  if (event.type === 'EscalationRaised') return raise(event);
  if (state === undefined) return undefined;
  const notification = evolveNotification(state.notification, event);
  if (event.type === 'EscalationJoined')
    return { ...state, ...takeIn(state, event.data), state: 'open', closedAtMs: undefined, notification };
  if (event.type === 'EscalationClosed')
    return { ...state, state: 'closed', closedAtMs: event.recordedAt.getTime(), notification };
  return { ...state, notification };
}

function raise({ id, data, recordedAt }: Recorded<EscalationRaised>): Escalation {
  const { failing_targets: failingTargets, all_targets: allTargets } = data;
  const begun = {
    id: data.escalation_id,
    root: data.root,
    kind: data.kind,
    state: 'open' as const,
    reasonCode: data.reason_code,
    raisedAtMs: recordedAt.getTime(),
    webhookId: `msg_${id}`,
    incidentIds: [],
    services: [],
    silentServices: [],
    ...(failingTargets === undefined || allTargets === undefined ? {} : { storm: { failingTargets, allTargets } }),
    notification: { attempts: 0, tries: 0, dueAtMs: recordedAt.getTime() },
  };
  return { ...begun, ...takeIn(begun, data) };
}

type Members = Pick<Escalation, 'incidentIds' | 'services' | 'silentServices'>;

/** A service that is named without an incident is one that nobody hears of. */
function takeIn(members: Members, { incident_id: incidentId, service }: { incident_id?: string; service?: string }): Members {
  return {
    incidentIds: incidentId === undefined ? members.incidentIds : [...members.incidentIds, incidentId],
    services: service === undefined || members.services.includes(service) ? members.services : [...members.services, service],
    silentServices:
      service === undefined || incidentId !== undefined ? members.silentServices : [...members.silentServices, service],
  };
}

function evolveNotification(known: Notification, event: Recorded<EscalationEvent>): Notification {
  switch (event.type) {
    case 'NotificationStarted':
      return { attempts: event.data.attempt, tries: known.tries + 1, dueAtMs: Date.parse(event.data.lapses_at) };
    case 'NotificationSent':
    case 'NotificationGivenUp':
      return { ...known, dueAtMs: undefined };
    case 'NotificationFailed': {
      // What comes late says nothing of the attempt that was begun since.
      const { attempt, next_at: nextAt } = event.data;
      if (attempt !== known.attempts) return known;
      return { ...known, dueAtMs: nextAt === undefined ? undefined : Date.parse(nextAt) };
    }
    case 'NotificationRequested':
      return { ...known, tries: 0, dueAtMs: event.recordedAt.getTime() };
    case 'EscalationJoined':
      // It was over before anybody was told, and isn't.
      return known.attempts === 0 ? { ...known, dueAtMs: known.dueAtMs ?? event.recordedAt.getTime() } : known;
    case 'EscalationClosed':
      // Nobody needs to be told of what is over; where it was begun it is brought to its end.
      return known.attempts === 0 ? { ...known, dueAtMs: undefined } : known;
    default:
      return known;
  }
}
