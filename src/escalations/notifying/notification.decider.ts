import type {
  EscalationEvent,
  NotificationFailed,
  NotificationGivenUp,
  NotificationRequested,
  NotificationSent,
  NotificationStarted,
} from '../escalation.events.ts';
import type { Escalation } from '../escalation.ts';
import { computeRetryDelay, MAX_TRIES } from './retry-schedule.ts';

/** An attempt takes 5 s at most. Who began one and is not heard of for so long is taken for dead, in milliseconds. */
const LAPSE_MS = 30_000;

/** What became of an attempt. `isFinal`: the receiver says that it wants nothing any more. */
export type DeliveryOutcome =
  { ok: true; status: number } | { ok: false; reasonCode: string; retryAfterMs?: number; isFinal?: boolean };

const named = ({ id, root }: Escalation): { escalation_id: string; root: string } => ({ escalation_id: id, root });

/** Begins the attempt that is due, if one is. Where even the last one was never heard of again, it ends. */
export function decideAttempt(state: Escalation, nowMs: number): (NotificationStarted | NotificationGivenUp)[] {
  const { attempts, tries, dueAtMs } = state.notification;
  if (dueAtMs === undefined || dueAtMs > nowMs) return [];
  if (tries >= MAX_TRIES) return [giveUp(state, attempts, 'no-result')];
  const lapses_at = new Date(nowMs + LAPSE_MS).toISOString();
  return [{ type: 'NotificationStarted', data: { ...named(state), attempt: attempts + 1, lapses_at } }];
}

/** @param random from 0 to 1, so that many don't come at once */
export function decideOutcome(
  state: Escalation,
  attempt: number,
  outcome: DeliveryOutcome,
  { nowMs, random }: { nowMs: number; random: number },
): (NotificationSent | NotificationFailed | NotificationGivenUp)[] {
  if (outcome.ok) return [{ type: 'NotificationSent', data: { ...named(state), attempt, status: outcome.status } }];
  const { reasonCode, retryAfterMs } = outcome;
  const failed = (next: { next_at?: string }): NotificationFailed => ({
    type: 'NotificationFailed',
    data: { ...named(state), attempt, reason_code: reasonCode, ...next },
  });
  // It came late: another attempt was begun, or a person had all of it begun anew, which goes on.
  if (attempt !== state.notification.attempts) return [failed({})];
  const delayMs = outcome.isFinal === true ? undefined : computeRetryDelay(state.notification.tries, random, retryAfterMs);
  if (delayMs === undefined) return [failed({}), giveUp(state, attempt, reasonCode)];
  return [failed({ next_at: new Date(nowMs + delayMs).toISOString() })];
}

/** Sent again because a person wants it. */
export const decideReplay = (state: Escalation, reason: string): NotificationRequested[] => [
  { type: 'NotificationRequested', data: { ...named(state), reason } },
];

const giveUp = (state: Escalation, attempts: number, reasonCode: string): NotificationGivenUp => ({
  type: 'NotificationGivenUp',
  data: { ...named(state), attempts, reason_code: reasonCode },
});

/** The attempt that was begun, among what was decided. */
export const findStarted = (events: readonly EscalationEvent[]): number | undefined =>
  events.find((event) => event.type === 'NotificationStarted')?.data.attempt;
