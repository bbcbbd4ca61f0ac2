import { describe, expect, it } from '@jest/globals';
import { buildCommandedFix, buildVerifyingFix, type FixUnderTest } from '../../../test/builders/fix-builder.ts';
import { decideIncident } from '../../incidents/incident.decider.ts';
import { buildEpisode } from '../../../test/builders/incident-builder.ts';

/** There is something else to try. */
function withNext(fix: FixUnderTest): FixUnderTest {
  Object.assign(fix.state, { nextStrategies: ['restart/another'] });
  return fix;
}

describe('the ladder of strategies', () => {
  it('goes on with the next one when every attempt failed', () => {
    const fix = withNext(buildCommandedFix());
    fix.result('failed', { reason_code: 'not-ready' });
    fix.fire('retry');
    expect(fix.result('failed', { reason_code: 'not-ready' })).toMatchObject([
      { type: 'FixAttemptFailed' },
      { type: 'FixAbandoned', data: { reason_code: 'attempts-exhausted', strategy: 'restart/service', attempts: 2 } },
    ]);
    expect(fix.state.state).toBe('abandoned');
  });

  it('goes on with the next one when the check found that it did not help', () => {
    const fix = withNext(buildVerifyingFix());
    fix.probe(false);
    expect(fix.probe(false).map(({ type }) => type)).toEqual(['TimerFired', 'ProbeObserved', 'VerdictReached', 'FixAbandoned']);
  });

  it('ends where it got worse, or where an agent refused', () => {
    const worse = withNext(buildVerifyingFix());
    expect(worse.fault(5_000, { fingerprint: 'fp@1:another' }).at(-1)).toMatchObject({ type: 'FixEscalated' });
    const refused = withNext(buildCommandedFix());
    expect(refused.result('refused', { reason_code: 'expired' })).toMatchObject([{ type: 'FixEscalated' }]);
  });

  it('opens the incident again, once', () => {
    const healing = { known: true as const, ...buildEpisode({ state: 'healing', fixId: 'f1' }) };
    const command = { type: 'ReopenIncident' as const, incidentId: healing.incidentId, reasonCode: 'next-strategy' };
    expect(decideIncident(healing, command)).toMatchObject([
      { type: 'IncidentReopened', data: { reason_code: 'next-strategy' } },
    ]);
    expect(decideIncident({ ...healing, state: 'open' }, command)).toEqual([]);
  });
});
