import { describe, expect, it } from '@jest/globals';
import { recorded } from '../../test/builders/log-builder.ts';
import { planCheck, planNextCheck } from './check-plan.ts';
import { type DecisionHistory, evolveDecisionHistory, NOTHING_DECIDED, repeatsLast } from './decision-history.ts';
import type { DecisionMade, DecisionVerdict } from './decision.events.ts';

const BEGIN_MS = Date.parse('2026-01-01T00:00:00.000Z');
const HOUR_MS = 3_600_000;
const HELD = 'autonomy:autonomy-is-off';

const decided = (verdict: DecisionVerdict, reason_code = 'r'): DecisionMade => ({
  type: 'DecisionMade',
  data: { verdict, reason_code } as DecisionMade['data'],
});
/** Each a minute after the one before. */
const after = (...decisions: DecisionMade[]): DecisionHistory =>
  decisions
    .map((decision, index) => recorded(decision, { recordedAt: new Date(BEGIN_MS + index * 60_000) }))
    .reduce(evolveDecisionHistory, NOTHING_DECIDED);
const times = (count: number, decision: DecisionMade): DecisionMade[] => Array.from({ length: count }, () => decision);

const said = decided('confirm', 'said-to-be-healthy');
const again = decided('confirm', 'not-confirmed-yet');

describe('the history of decisions', () => {
  it('is open while nothing was done and nobody told, and closed by a fix or an escalation', () => {
    expect(NOTHING_DECIDED.isOpen).toBe(true);
    expect(after(decided('defer'), decided('deny'))).toMatchObject({ count: 2, isOpen: true });
    expect(after(decided('deny'), said).isOpen).toBe(true);
    expect(after(decided('deny'), decided('act')).isOpen).toBe(false);
    expect(after(decided('defer'), decided('escalate')).isOpen).toBe(false);
  });

  it('knows the same word for the same reason again', () => {
    const denied = after(decided('deny', HELD));
    expect(repeatsLast(denied, decided('deny', HELD))).toBe(true);
    expect(repeatsLast(denied, decided('deny', 'no-rule'))).toBe(false);
    expect(repeatsLast(denied, decided('defer', HELD))).toBe(false);
    expect(repeatsLast(NOTHING_DECIDED, decided('deny'))).toBe(false);
  });

  it('knows it also after checks, which are no other word', () => {
    expect(repeatsLast(after(decided('deny', HELD), said, again), decided('deny', HELD))).toBe(true);
    expect(repeatsLast(after(said), said)).toBe(false);
  });
});

describe('the plan of a check', () => {
  const waitAfter = (history: DecisionHistory, atMs: number): number | undefined => {
    const plan = planCheck(history, atMs);
    return plan.verdict === 'confirm' ? plan.waitMs : undefined;
  };

  it('is to check at once, and later the more often within the hour the same was said', () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 30].map((count) => waitAfter(after(...times(count, said)), BEGIN_MS + 1_800_000));
    expect(waits).toEqual([0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });

  it('forgets what was said more than an hour ago', () => {
    expect(waitAfter(after(said, said), BEGIN_MS + HOUR_MS)).toBe(10_000);
    expect(waitAfter(after(said, said), BEGIN_MS + HOUR_MS + 60_000)).toBe(0);
  });

  it('is to check again in five minutes, and to tell a person after the third that confirmed nothing', () => {
    const later = { verdict: 'confirm', reasonCode: 'not-confirmed-yet', waitMs: 300_000 };
    expect(planNextCheck(after(said))).toEqual(later);
    expect(planNextCheck(after(said, again))).toEqual(later);
    expect(planNextCheck(after(said, again, again))).toEqual({
      verdict: 'escalate',
      reasonCode: 'said-to-be-healthy-but-probes-fail',
    });
  });

  it('counts anew when the agent has said so anew', () => {
    expect(planNextCheck(after(said, again, said, again)).verdict).toBe('confirm');
    expect(planNextCheck(after(said, again, again, decided('deny'), said)).verdict).toBe('confirm');
  });
});
