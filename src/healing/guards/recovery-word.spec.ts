import { describe, expect, it } from '@jest/globals';
import type { GuardWord } from '../../decisions/decision.events.ts';
import { findRecovery, TARGET_ANSWERS_PROBES, TARGET_IS_HEALTHY_AGAIN } from './recovery-word.ts';

const NOW_MS = 10_000;
const SAID_AT_MS = 4_000;

const deferring = (reasonCode: string): GuardWord[] => [
  { guard: 'kill-switch', verdict: 'allow', reason_code: 'ok' },
  { guard: 'the-one', verdict: 'defer', reason_code: reasonCode },
];
const said = (state: 'healthy' | 'unhealthy' | 'unknown') => ({ said: { state, saidAtMs: SAID_AT_MS }, nowMs: NOW_MS });

describe('the word that a target is well again', () => {
  it("counts from when its agent said so, where that is later than the fault's sighting", () => {
    expect(findRecovery(deferring(TARGET_IS_HEALTHY_AGAIN), said('healthy'))).toBe(SAID_AT_MS);
  });

  it('counts from our own look, where what was reported is old and its agent calls it healthy', () => {
    expect(findRecovery(deferring(TARGET_ANSWERS_PROBES), said('healthy'))).toBe(NOW_MS);
  });

  it.each(['unhealthy', 'unknown'] as const)('is not said by our look alone, while its agent calls it %s', (state) => {
    expect(findRecovery(deferring(TARGET_ANSWERS_PROBES), said(state))).toBeUndefined();
  });

  it('is not said where something else speaks against a fix', () => {
    const denied: GuardWord = { guard: 'freeze', verdict: 'deny', reason_code: 'healing-is-stopped' };
    expect(findRecovery([...deferring(TARGET_ANSWERS_PROBES), denied], said('healthy'))).toBeUndefined();
    expect(findRecovery(deferring('frozen'), said('healthy'))).toBeUndefined();
    expect(findRecovery([], said('healthy'))).toBeUndefined();
  });
});
