import { describe, expect, it } from '@jest/globals';
import { buildConfirmation, FIX_ID, type FixUnderTest } from '../../../test/builders/fix-builder.ts';
import type { FixEvent } from '../saga/fix.events.ts';

describe('a check of what an agent says', () => {
  it('asks for as many clean probes as after a fix, and is no success of one', () => {
    const check = buildConfirmation();
    for (let i = 0; i < 5; i++) check.probe(true);
    expect(check.probe(true)).toMatchObject([
      { type: 'TimerFired' },
      { type: 'ProbeObserved', data: { clean_in_a_row: 6 } },
      { type: 'VerdictReached', data: { verdict: 'superseded', reason_code: 'recovered-without-the-fix', clean_probes: 6 } },
      { type: 'FixHealed', data: { attempts: 0 } },
    ]);
  });

  const refutations: [string, string, (check: FixUnderTest) => readonly FixEvent[]][] = [
    ['the fault is reported again', 'reported-again', (check) => check.fault(1)],
    ['another fault is reported', 'reported-again', (check) => check.fault(1, { fingerprint: 'fp@1:another' })],
    ['two probes running are dirty', 'probe:econnrefused', (check) => [...check.probe(false), ...check.probe(false)]],
    ['its window ends', 'window-ended', (check) => check.fire('verification-deadline')],
    ['there is nothing left to probe', 'nothing-to-probe', (check) => check.fire('probe')],
  ];

  it.each(refutations)('is withdrawn when %s, which counts against no fix and calls nobody', (_case, reason_code, happens) => {
    const check = buildConfirmation();
    expect(happens(check).at(-1)).toMatchObject({ type: 'FixWithdrawn', data: { fix_id: FIX_ID, reason_code } });
    expect(check.state.state).toBe('withdrawn');
    expect(check.types.filter((type) => /Commanded|Escalated|Verdict|Healed/.test(type))).toEqual([]);
  });

  it('takes one dirty probe between clean ones for no refutation', () => {
    const check = buildConfirmation();
    for (const ok of [true, false, true, false, true]) check.probe(ok);
    expect(check.state.state).toBe('verifying');
  });

  it("hears only the service's own agent", () => {
    expect(buildConfirmation().fault(5000, { agentId: 'some-page' })).toEqual([]);
  });
});
