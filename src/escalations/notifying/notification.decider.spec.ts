import { describe, expect, it } from '@jest/globals';
import { foldEscalation, RAISED_AT_MS } from '../../../test/builders/escalation-builder.ts';
import type { EscalationEvent } from '../escalation.events.ts';
import type { Escalation } from '../escalation.ts';
import { decideAttempt, decideOutcome, decideReplay, type DeliveryOutcome, findStarted } from './notification.decider.ts';
import { MAX_TRIES } from './retry-schedule.ts';

const NAMED = { escalation_id: 'service-rag-1', root: 'service:rag' };
const RAISED: EscalationEvent = {
  type: 'EscalationRaised',
  data: { ...NAMED, kind: 'service', reason_code: 'no-rule', incident_id: 'a-1', service: 'rag' },
};
const CLOSED: EscalationEvent = { type: 'EscalationClosed', data: { ...NAMED, incidents: 1, open_ms: 1 } };
const SERVER_ERROR: DeliveryOutcome = { ok: false, reasonCode: 'status-500' };

const LATER_MS = RAISED_AT_MS + 3_600_000;

function fold(events: readonly EscalationEvent[]): Escalation {
  const state = foldEscalation(events);
  if (state === undefined) throw new Error('nothing was raised');
  return state;
}

const begin = (events: readonly EscalationEvent[], nowMs = LATER_MS): EscalationEvent[] => decideAttempt(fold(events), nowMs);

const end = (events: readonly EscalationEvent[], attempt: number, outcome: DeliveryOutcome): EscalationEvent[] =>
  decideOutcome(fold(events), attempt, outcome, { nowMs: LATER_MS, random: 0 });

/** Attempts that all end like this, until none is due, however long that takes. */
function runAttempts(outcome: DeliveryOutcome, given: readonly EscalationEvent[] = [RAISED]): EscalationEvent[] {
  const events = [...given];
  for (;;) {
    const begun = begin(events, Number.MAX_SAFE_INTEGER / 2 ** 12);
    const attempt = findStarted(begun);
    events.push(...begun);
    if (attempt === undefined) return events.slice(given.length);
    events.push(...end(events, attempt, outcome));
  }
}

const typesOf = (events: readonly EscalationEvent[]): string[] => events.map(({ type }) => type);

describe('telling somebody of an escalation', () => {
  it('begins at once, and once', () => {
    const begun = begin([RAISED], RAISED_AT_MS);
    expect(begun).toEqual([
      {
        type: 'NotificationStarted',
        data: { ...NAMED, attempt: 1, lapses_at: new Date(RAISED_AT_MS + 30_000).toISOString() },
      },
    ]);
    expect(begin([RAISED, ...begun], RAISED_AT_MS + 29_999)).toEqual([]);
  });

  it('is over when the receiver has taken it', () => {
    const events = runAttempts({ ok: true, status: 204 });
    expect(typesOf(events)).toEqual(['NotificationStarted', 'NotificationSent']);
  });

  it('is tried again later when it failed, and given up after the last attempt', () => {
    const events = runAttempts(SERVER_ERROR);
    expect(typesOf(events).filter((type) => type === 'NotificationStarted')).toHaveLength(MAX_TRIES);
    expect(events[1]?.data).toEqual({
      ...NAMED,
      attempt: 1,
      reason_code: 'status-500',
      next_at: new Date(LATER_MS + 5000).toISOString(),
    });
    expect(events.slice(-2)).toEqual([
      { type: 'NotificationFailed', data: { ...NAMED, attempt: MAX_TRIES, reason_code: 'status-500' } },
      { type: 'NotificationGivenUp', data: { ...NAMED, attempts: MAX_TRIES, reason_code: 'status-500' } },
    ]);
  });

  it('is given up at once when the receiver is gone', () => {
    const events = runAttempts({ ok: false, reasonCode: 'status-410', isFinal: true });
    expect(typesOf(events)).toEqual(['NotificationStarted', 'NotificationFailed', 'NotificationGivenUp']);
  });

  it('goes on with the next attempt where one was never heard of again, but not for ever', () => {
    const lost: EscalationEvent[] = [RAISED];
    for (let n = 0; n < MAX_TRIES; n += 1) lost.push(...begin(lost, LATER_MS + n * 60_000));
    expect(typesOf(lost.slice(1))).toEqual(Array.from({ length: MAX_TRIES }, () => 'NotificationStarted'));
    expect(typesOf(begin(lost, LATER_MS * 2))).toEqual(['NotificationGivenUp']);
  });

  it('takes what comes late from an attempt for that attempt alone', () => {
    const two = [RAISED, ...begin([RAISED])];
    two.push(...begin(two, LATER_MS * 2));
    const late = end(two, 1, SERVER_ERROR);
    expect(late).toEqual([{ type: 'NotificationFailed', data: { ...NAMED, attempt: 1, reason_code: 'status-500' } }]);
    expect(fold([...two, ...late]).notification).toEqual(fold(two).notification);
    expect(fold([...two, ...end(two, 1, { ok: true, status: 200 })]).notification.dueAtMs).toBeUndefined();
  });

  it('is not begun for what is over, and brought to its end where it was begun', () => {
    expect(begin([RAISED, CLOSED])).toEqual([]);
    const failed = [RAISED, ...begin([RAISED])];
    failed.push(...end(failed, 1, SERVER_ERROR));
    expect(typesOf(begin([...failed, CLOSED], LATER_MS * 2))).toEqual(['NotificationStarted']);
  });

  it('begins anew when a person wants it, with the same webhook id', () => {
    const given = [RAISED, ...runAttempts(SERVER_ERROR)];
    const asked = [...given, ...decideReplay(fold(given), 'the receiver is back')];
    expect(begin(asked)).toMatchObject([{ type: 'NotificationStarted', data: { attempt: MAX_TRIES + 1 } }]);
    expect(fold(asked).webhookId).toMatch(/^msg_[0-9a-f-]{36}$/);
    const again = [...asked, ...runAttempts(SERVER_ERROR, asked)];
    expect(typesOf(again).filter((type) => type === 'NotificationStarted')).toHaveLength(2 * MAX_TRIES);
  });
});
