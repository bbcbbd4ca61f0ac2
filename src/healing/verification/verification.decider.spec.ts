import { describe, expect, it } from '@jest/globals';
import { buildConfirmation, buildVerifyingFix, type FixUnderTest } from '../../../test/builders/fix-builder.ts';
import type { FixEvent } from '../saga/fix.events.ts';
import type { ExposureReading } from '../saga/fix-saga.inputs.ts';

const NONE = { total: 0, failed: 0, masked: 0 };
const reading = (parts: Partial<ExposureReading>): ExposureReading => ({
  others: NONE,
  counted_by: ['gateway-agent'],
  own: NONE,
  ...parts,
});
const counted = (total: number, more: Partial<typeof NONE> = {}): ExposureReading =>
  reading({ others: { ...NONE, total, ...more } });

function look(fix: FixUnderTest, exposures?: ExposureReading, ok = true): readonly FixEvent[] {
  fix.nowMs += 1000;
  const probe = { ok, reasonCode: ok ? 'status-200' : 'timeout', latencyMs: 3 };
  const generation = fix.state.timers['probe'] ?? 0;
  return fix.input({ type: 'timer', name: 'probe', generation, probe, ...(exposures && { exposures }) });
}

describe('a verification in which others count exposures', () => {
  it('is over as soon as these and the probes are enough, and stores what it rests on', () => {
    const fix = buildVerifyingFix();
    look(fix, counted(3));
    expect(fix.state).toMatchObject({ state: 'verifying', tally: { cleanProbes: 1, cleanExposures: 3 } });
    const exposures = { ...counted(4), clean_in_a_row: 4 };
    expect(look(fix, counted(4))).toMatchObject([
      { type: 'TimerFired' },
      { type: 'ProbeObserved', data: { clean_in_a_row: 2, exposures } },
      { type: 'VerdictReached', data: { verdict: 'verified', clean_probes: 2, required_clean: 6, exposures } },
      { type: 'FixHealed' },
    ]);
  });

  it('is not over by exposures while the probe is red', () => {
    const fix = buildVerifyingFix();
    look(fix, counted(300), false);
    expect(fix.state).toMatchObject({ state: 'verifying', tally: { cleanExposures: 0 } });
    look(fix, counted(305));
    expect(fix.state).toMatchObject({ state: 'healed', verdict: 'verified' });
  });

  it('keeps what was counted when a look finds nobody who counts', () => {
    const fix = buildVerifyingFix();
    look(fix, counted(3));
    look(fix);
    look(fix, counted(4));
    expect(fix.state).toMatchObject({ state: 'healed', tally: { cleanProbes: 3, cleanExposures: 4 } });
  });

  it('is not over by what the agent that fixed has counted', () => {
    const fix = buildVerifyingFix();
    for (let i = 1; i <= 5; i++) look(fix, reading({ own: { ...NONE, total: 100 * i } }));
    expect(fix.state.state).toBe('verifying');
  });

  it('stays open where retries hide failures, and says so', () => {
    const fix = buildVerifyingFix();
    for (let i = 1; i <= 20; i++) look(fix, counted(10 * i, { masked: i }));
    expect(fix.fire('verification-deadline')).toMatchObject([
      { type: 'TimerFired' },
      { type: 'VerdictReached', data: { verdict: 'inconclusive', reason_code: 'masked-by-retries' } },
      { type: 'FixEscalated', data: { reason_code: 'verification-inconclusive' } },
    ]);
  });

  it('begins anew with a further attempt', () => {
    const fix = buildVerifyingFix();
    look(fix, counted(3));
    fix.take([
      {
        type: 'VerificationStarted',
        data: { fix_id: fix.state.fixId, required_clean: 6, probe_interval_ms: 1000, max_window_ms: 60_000, because: 'executed' },
      },
    ]);
    expect(fix.state).toMatchObject({ tally: { cleanProbes: 0, cleanExposures: 0, probes: 0 } });
    expect(fix.state.exposures).toBeUndefined();
  });

  it('is no success of a fix where nothing was done', () => {
    const check = buildConfirmation();
    look(check, counted(0));
    expect(look(check, counted(10))).toContainEqual(
      expect.objectContaining({ type: 'VerdictReached', data: expect.objectContaining({ verdict: 'superseded' }) }),
    );
  });
});
