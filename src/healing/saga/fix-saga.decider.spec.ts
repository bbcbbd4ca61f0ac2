import { describe, expect, it } from '@jest/globals';
import {
  buildBackingOffFix,
  buildCommandedFix,
  buildEscalatedFix,
  buildHealedFix,
  buildVerifyingFix,
  buildWithdrawnCheck,
  FIX_ID,
  type FixUnderTest,
} from '../../../test/builders/fix-builder.ts';
import type { FixEvent } from './fix.events.ts';

const typesOf = (events: readonly FixEvent[]): string[] => events.map(({ type }) => type);

function buildUnknownFix(): FixUnderTest {
  const fix = buildCommandedFix();
  fix.fire('acknowledge');
  return fix;
}

describe('a commanded fix', () => {
  it('carries the command that fix and attempt name', () => {
    const fix = buildCommandedFix();
    expect(fix.types).toEqual(['FixObserved', 'FixCommanded', 'TimerSet']);
    expect(fix.events[1]).toMatchObject({
      data: { command_id: `${FIX_ID}.1`, attempt: 1, expires_at: '2026-01-01T00:00:30.000Z' },
    });
    expect(fix.events[2]).toMatchObject({ data: { name: 'acknowledge', generation: 1, due_at: '2026-01-01T00:00:35.000Z' } });
  });

  it('waits for the result once it is acknowledged', () => {
    const fix = buildCommandedFix();
    expect(fix.result('acknowledged')).toMatchObject([
      { type: 'FixAcknowledged' },
      { type: 'TimerSet', data: { name: 'result', due_at: '2026-01-01T00:01:00.000Z' } },
    ]);
  });

  it('is verified also when the acknowledgement got lost', () => {
    expect(typesOf(buildCommandedFix().result('succeeded'))).toEqual([
      'FixExecuted',
      'VerificationStarted',
      'TimerSet',
      'TimerSet',
    ]);
  });

  it('asks for six clean probes of a service that was dead', () => {
    const fix = buildVerifyingFix();
    expect(fix.events).toContainEqual(expect.objectContaining({ type: 'VerificationStarted' }));
    expect(fix.state).toMatchObject({ state: 'verifying', requiredClean: 6, probeIntervalMs: 1000 });
  });

  it('keeps what the agent saved before it acted', () => {
    const fix = buildCommandedFix();
    const evidence = { log_tail: ['out of memory'] };
    expect(fix.result('succeeded', { evidence, duration_ms: 12 })[0]).toMatchObject({ data: { evidence, duration_ms: 12 } });
  });

  it('escalates when the agent refuses, with its reason', () => {
    expect(buildCommandedFix().result('refused', { reason_code: 'fence-too-low' })).toMatchObject([
      { type: 'FixEscalated', data: { reason_code: 'refused-by-agent:fence-too-low', attempts: 1 } },
    ]);
  });
});

describe('an unknown outcome', () => {
  it.each([
    ['nobody acknowledges', 'not-acknowledged', (fix: FixUnderTest) => fix.fire('acknowledge')],
    ['no result comes', 'no-result', (fix: FixUnderTest) => [...fix.result('acknowledged'), ...fix.fire('result')]],
    ['the agent died while acting', 'agent-died-while-acting', (fix: FixUnderTest) => fix.result('outcome_unknown')],
  ])('is probed and never commanded again when %s', (_case, reasonCode, happens) => {
    const fix = buildCommandedFix();
    expect(happens(fix)).toContainEqual(
      expect.objectContaining({ type: 'OutcomeUnknown', data: expect.objectContaining({ reason_code: reasonCode }) }),
    );
    expect(fix.state).toMatchObject({ state: 'verifying', verifyingBecause: 'outcome-unknown' });
    for (let i = 0; i < 20; i++) fix.probe(false);
    fix.fire('verification-deadline');
    expect(fix.state.state).toBe('escalated');
    expect(fix.types.filter((type) => type === 'FixCommanded')).toHaveLength(1);
  });

  it('is verified when the service answers after all', () => {
    const fix = buildUnknownFix();
    fix.probe(false);
    for (let i = 0; i < 6; i++) fix.probe(true);
    expect(fix.state).toMatchObject({ state: 'healed', verdict: 'verified' });
  });

  it('is known after all when a late result tells it', () => {
    const succeeded = buildUnknownFix();
    expect(typesOf(succeeded.result('succeeded'))).toContain('FixExecuted');
    expect(succeeded.state).toMatchObject({ state: 'verifying', verifyingBecause: 'executed', tally: { cleanProbes: 0 } });
    const failed = buildUnknownFix();
    expect(typesOf(failed.result('failed', { reason_code: 'not-ready' }))).toEqual(['FixAttemptFailed', 'TimerSet']);
    expect(buildUnknownFix().result('refused', { reason_code: 'expired' })).toMatchObject([
      { type: 'FixEscalated', data: { reason_code: 'refused-by-agent:expired' } },
    ]);
  });

  it('stays what it is when a late result tells nothing of the outcome', () => {
    for (const phase of ['acknowledged', 'outcome_unknown'] as const) expect(buildUnknownFix().result(phase)).toEqual([]);
  });

  it('is inconclusive at once when there is nothing left to probe', () => {
    const fix = buildUnknownFix();
    fix.fire('probe');
    expect(fix.events.findLast(({ type }) => type === 'VerdictReached')).toMatchObject({
      data: { verdict: 'inconclusive', reason_code: 'nothing-to-probe' },
    });
    expect(fix.state.state).toBe('escalated');
  });
});

describe('the verification', () => {
  it('is passed with six clean probes in a row, and no fewer', () => {
    const fix = buildVerifyingFix();
    for (let i = 0; i < 5; i++) fix.probe(true);
    expect(fix.state.state).toBe('verifying');
    expect(fix.probe(true)).toMatchObject([
      { type: 'TimerFired' },
      { type: 'ProbeObserved', data: { clean_in_a_row: 6 } },
      { type: 'VerdictReached', data: { verdict: 'verified', clean_probes: 6, required_clean: 6 } },
      { type: 'FixHealed', data: { attempts: 1 } },
    ]);
  });

  it('begins to count anew after a dirty probe', () => {
    const fix = buildVerifyingFix();
    for (let i = 0; i < 5; i++) fix.probe(true);
    fix.probe(false);
    for (let i = 0; i < 5; i++) fix.probe(true);
    expect(fix.state).toMatchObject({ state: 'verifying', tally: { cleanProbes: 5, failedInARow: 0 } });
    fix.probe(true);
    expect(fix.state.state).toBe('healed');
  });

  it('finds the fault back with two dirty probes running', () => {
    const fix = buildVerifyingFix();
    fix.probe(false);
    expect(fix.probe(false)).toContainEqual(
      expect.objectContaining({ data: expect.objectContaining({ verdict: 'recurred', reason_code: 'probe:econnrefused' }) }),
    );
    expect(fix.state.state).toBe('escalated');
  });

  it('takes one dirty probe between clean ones for no recurrence', () => {
    const fix = buildVerifyingFix();
    for (const ok of [false, true, false, true, false, true]) fix.probe(ok);
    expect(fix.state.state).toBe('verifying');
  });

  it('hears of no fault that was observed before things settled', () => {
    const fix = buildVerifyingFix();
    expect([...fix.fault(-60_000), ...fix.fault(0), ...fix.fault(1000)]).toEqual([]);
    expect(fix.state.state).toBe('verifying');
  });

  it('fails when the fault is reported after things settled', () => {
    const fix = buildVerifyingFix();
    expect(fix.fault(1001)).toMatchObject([
      { type: 'VerdictReached', data: { verdict: 'recurred', reason_code: 'reported-again' } },
      { type: 'FixEscalated', data: { reason_code: 'verification-recurred' } },
    ]);
  });

  it('has made things worse when another fault is reported', () => {
    const fix = buildVerifyingFix();
    expect(fix.fault(5000, { fingerprint: 'fp@1:another' })[0]).toMatchObject({ data: { verdict: 'regressed' } });
  });

  it("hears only the service's own agent", () => {
    const fix = buildVerifyingFix();
    expect(fix.fault(5000, { agentId: 'some-page' })).toEqual([]);
    expect(fix.state.state).toBe('verifying');
  });

  it('is inconclusive at the end of its window, which counts against the fix', () => {
    const fix = buildVerifyingFix();
    for (let i = 0; i < 5; i++) fix.probe(true);
    expect(fix.fire('verification-deadline')).toMatchObject([
      { type: 'TimerFired' },
      { type: 'VerdictReached', data: { verdict: 'inconclusive', clean_probes: 5 } },
      { type: 'FixEscalated', data: { reason_code: 'verification-inconclusive' } },
    ]);
  });

  it('gets another window when nobody was there at the end of the first one', () => {
    const fix = buildVerifyingFix();
    fix.probe(true);
    expect(fix.fire('verification-deadline', undefined, 300_000)).toMatchObject([
      { type: 'TimerFired' },
      {
        type: 'TimerSet',
        data: { name: 'verification-deadline', generation: 2, due_at: new Date(fix.nowMs + 60_000).toISOString() },
      },
    ]);
    expect(fix.state.state).toBe('verifying');
    for (let i = 0; i < 5; i++) fix.probe(true);
    expect(fix.state).toMatchObject({ state: 'healed', verdict: 'verified' });
  });

  it('is inconclusive at the end of that one too when nothing was clean often enough', () => {
    const fix = buildVerifyingFix();
    fix.fire('verification-deadline', undefined, 300_000);
    fix.fire('verification-deadline', undefined, 10_000);
    expect(fix.state).toMatchObject({ state: 'escalated', verdict: 'inconclusive' });
  });

  it('takes no silence for success', () => {
    const fix = buildVerifyingFix();
    expect(typesOf(fix.fire('probe'))).toEqual(['TimerFired', 'VerdictReached', 'FixEscalated']);
    expect(fix.state).toMatchObject({ state: 'escalated', verdict: 'inconclusive' });
  });
});

describe('inputs that a fix does not wait for', () => {
  const states: [string, () => FixUnderTest][] = [
    ['commanded', buildCommandedFix],
    [
      'acknowledged',
      () => {
        const fix = buildCommandedFix();
        fix.result('acknowledged');
        return fix;
      },
    ],
    ['backing-off', buildBackingOffFix],
    ['verifying', buildVerifyingFix],
    ['healed', buildHealedFix],
    ['escalated', buildEscalatedFix],
    ['withdrawn', buildWithdrawnCheck],
  ];
  const ignored: Record<string, readonly string[]> = {
    commanded: ['fire:result', 'fire:retry', 'fire:probe', 'fire:verification-deadline', 'fault'],
    acknowledged: ['acknowledged', 'fire:retry', 'fire:probe', 'fire:verification-deadline', 'fault'],
    'backing-off': ['acknowledged', 'succeeded', 'failed', 'refused', 'outcome_unknown', 'fire:probe', 'fault'],
    verifying: ['acknowledged', 'succeeded', 'failed', 'refused', 'outcome_unknown', 'fire:retry'],
  };
  const everything = [
    'acknowledged',
    'succeeded',
    'failed',
    'refused',
    'outcome_unknown',
    'fire:acknowledge',
    'fire:result',
    'fire:retry',
    'fire:probe',
    'fire:verification-deadline',
    'fault',
  ];
  const hand = (fix: FixUnderTest, input: string): readonly FixEvent[] => {
    if (input === 'fault') return fix.fault(60_000);
    const probe = { ok: true, reasonCode: 'status-200', latencyMs: 1 };
    if (input.startsWith('fire:')) return fix.fire(input.slice(5) as Parameters<FixUnderTest['fire']>[0], probe);
    return fix.result(input as Parameters<FixUnderTest['result']>[0]);
  };

  it.each(states)('change nothing while it is %s', (state, build) => {
    expect(build().state.state).toBe(state);
    for (const input of ignored[state] ?? everything) {
      const fix = build();
      const before = fix.state;
      expect([input, hand(fix, input)]).toEqual([input, []]);
      expect(fix.state).toEqual(before);
    }
  });

  it.each(states)('come from a foreign agent or for another command while it is %s', (_state, build) => {
    for (const phase of ['acknowledged', 'succeeded', 'failed', 'refused', 'outcome_unknown'] as const) {
      expect(build().result(phase, { agent_id: 'somebody-else' })).toEqual([]);
      expect(build().result(phase, { command_id: `${FIX_ID}.7` })).toEqual([]);
    }
  });

  it.each(states)('are timers that were replaced or have fired while it is %s', (_state, build) => {
    for (const name of ['acknowledge', 'result', 'retry', 'probe', 'verification-deadline'] as const) {
      const fix = build();
      const set = fix.state.timers[name] ?? 0;
      expect(fix.input({ type: 'timer', name, generation: set + 1 })).toEqual([]);
      expect(fix.input({ type: 'timer', name, generation: set - 1 })).toEqual([]);
      fix.input({ type: 'timer', name, generation: set });
      expect(fix.input({ type: 'timer', name, generation: set })).toEqual([]);
    }
  });
});
