import { describe, expect, it } from '@jest/globals';
import { buildBackingOffFix, buildCommandedFix, FIX_ID } from '../../../test/builders/fix-builder.ts';
import { BEGIN_MS } from '../../../test/builders/incident-builder.ts';
import { DIRTY } from '../../../test/builders/stub-prober.ts';

describe('a failed attempt', () => {
  it('is followed by a second one after a pause', () => {
    const fix = buildCommandedFix();
    expect(fix.result('failed', { reason_code: 'not-ready', detail: 'no answer' })).toMatchObject([
      { type: 'FixAttemptFailed', data: { attempt: 1, reason_code: 'not-ready', detail: 'no answer' } },
      { type: 'TimerSet', data: { name: 'retry', due_at: '2026-01-01T00:00:10.000Z' } },
    ]);
    expect(fix.fire('retry', DIRTY).map(({ type }) => type)).toEqual(['TimerFired', 'FixGuarded', 'FixCommanded', 'TimerSet']);
    expect(fix.state).toMatchObject({ state: 'commanded', attempt: 2, commandId: `${FIX_ID}.2` });
  });

  it('escalates at the second time, and nothing more is commanded', () => {
    const fix = buildBackingOffFix();
    fix.fire('retry', DIRTY);
    expect(fix.result('failed', { reason_code: 'not-ready' })).toMatchObject([
      { type: 'FixAttemptFailed', data: { attempt: 2 } },
      { type: 'FixEscalated', data: { reason_code: 'attempts-exhausted', attempts: 2 } },
    ]);
    expect(fix.types.filter((type) => type === 'FixCommanded')).toHaveLength(2);
  });

  it('is the last one where a guard objects by now, and the word is kept', () => {
    const fix = buildBackingOffFix();
    fix.words = [{ guard: 'action-rate', verdict: 'deny', reason_code: 'too-many-actions-in-an-hour' }];
    expect(fix.fire('retry', DIRTY)).toMatchObject([
      { type: 'TimerFired' },
      { type: 'FixGuarded', data: { guards: fix.words } },
      { type: 'FixEscalated', data: { reason_code: 'action-rate:too-many-actions-in-an-hour', attempts: 1 } },
    ]);
  });

  it('waits for what the service needs, and goes on when that is back', () => {
    const fix = buildBackingOffFix();
    const allowed = fix.words;
    fix.words = [{ guard: 'dependency-is-up', verdict: 'deny', reason_code: 'dependency-is-down' }];
    fix.nowMs += 10_000;
    expect(fix.fire('retry', DIRTY)).toMatchObject([
      { type: 'TimerFired' },
      { type: 'TimerSet', data: { name: 'retry', generation: 2, reason_code: 'dependency-is-up:dependency-is-down' } },
    ]);
    expect(fix.events.at(-1)).toMatchObject({ data: { due_at: '2026-01-01T00:00:30.000Z' } });
    expect(fix.state.state).toBe('backing-off');
    fix.words = allowed;
    fix.inputs = { dependencies: [] };
    expect(fix.fire('retry', DIRTY)[1]).toMatchObject({ type: 'FixGuarded', data: { guards: allowed, inputs: fix.inputs } });
    expect(fix.state).toMatchObject({ state: 'commanded', attempt: 2 });
  });

  it('waits for what the service needs for ten minutes at most', () => {
    const fix = buildBackingOffFix();
    fix.words = [{ guard: 'dependency-is-up', verdict: 'deny', reason_code: 'dependency-is-down' }];
    fix.nowMs += 10_000;
    for (let round = 0; fix.state.state === 'backing-off' && round < 100; round++) {
      fix.fire('retry', DIRTY);
      if (fix.state.state === 'backing-off') fix.nowMs += 20_000;
    }
    expect(fix.events.at(-1)).toMatchObject({
      type: 'FixEscalated',
      data: { reason_code: 'dependency-is-up:dependency-is-down' },
    });
    expect(fix.events.at(-2)).toMatchObject({ type: 'FixGuarded', data: { guards: fix.words } });
    expect(fix.nowMs - BEGIN_MS).toBe(590_000);
    expect(fix.types.filter((type) => type === 'FixCommanded')).toHaveLength(1);
  });

  it('is the last one where no guard was asked', () => {
    const fix = buildBackingOffFix();
    fix.words = [];
    fix.fire('retry', DIRTY);
    expect(fix.events.at(-1)).toMatchObject({ type: 'FixEscalated', data: { reason_code: 'no-guard-was-asked' } });
  });

  it.each(['port-in-use', 'configuration-error', 'migration-error', 'disk-full'])('escalates at once for %s', (reason_code) => {
    expect(buildCommandedFix().result('failed', { reason_code })).toMatchObject([
      { type: 'FixAttemptFailed' },
      { type: 'FixEscalated', data: { reason_code: `hopeless:${reason_code}`, attempts: 1 } },
    ]);
  });

  it('restarts nothing that works again before the retry', () => {
    const fix = buildBackingOffFix();
    const events = fix.fire('retry', { ok: true, reasonCode: 'status-200', latencyMs: 2 });
    expect(events[1]).toMatchObject({ type: 'VerificationStarted', data: { because: 'recovered-before-retry' } });
    for (let i = 0; i < 6; i++) fix.probe(true);
    expect(fix.events.findLast(({ type }) => type === 'VerdictReached')).toMatchObject({ data: { verdict: 'superseded' } });
    expect(fix.state.state).toBe('healed');
    expect(fix.types.filter((type) => type === 'FixCommanded')).toHaveLength(1);
  });
});
