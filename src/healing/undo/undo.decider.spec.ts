import { describe, expect, it } from '@jest/globals';
import { buildCommandedFix, buildVerifyingFix, FIX_ID, type FixUnderTest } from '../../../test/builders/fix-builder.ts';
import { likeRestart, SWITCH_POOL } from '../../../test/builders/strategy-builder.ts';
import { allow, defer, deny } from '../guards/guard.ts';
import { fixIdOfCommand } from '../saga/fix-steps.ts';
import { fleetWritesOf } from '../fleet/fleet.decider.ts';
import { slotEventsOf } from '../slots/slot.decider.ts';

/** A fix that was carried out, and whose check finds that the fault is still there. */
function buildUndoingFix(evidence?: { before: string }): FixUnderTest {
  const fix = buildVerifyingFix(SWITCH_POOL, evidence);
  fix.probe(false);
  fix.probe(false);
  return fix;
}

/** There is something else to try. */
function withNext(fix: FixUnderTest): FixUnderTest {
  Object.assign(fix.state, { nextStrategies: ['restart/another'] });
  return fix;
}

/** Two steps were done, one after the other. */
function buildTwoSteps(): FixUnderTest {
  const fix = buildVerifyingFix(SWITCH_POOL, { before: 'first' });
  const [commanded] = fix.events.filter(({ type }) => type === 'FixCommanded');
  if (commanded?.type !== 'FixCommanded') throw new Error('nothing was commanded');
  const second = { ...commanded.data, command_id: `${FIX_ID}.2`, attempt: 2 };
  const executed = { fix_id: FIX_ID, command_id: second.command_id, evidence: { before: 'second' } };
  const verifying = fix.events.filter(({ type }) => type === 'VerificationStarted');
  fix.take([{ type: 'FixCommanded', data: second }, { type: 'FixExecuted', data: executed }, ...verifying]);
  return fix;
}

const types = (events: readonly { type: string }[]): string[] => events.map(({ type }) => type);
const undone = { attempt: 1, command_id: `${FIX_ID}.u1`, undoes: `${FIX_ID}.1`, parameters: { pool: 'old' } };

describe('an undo', () => {
  it('begins where a check finds that a reversible fix did not help, and only then ends the fix', () => {
    const fix = buildVerifyingFix(SWITCH_POOL);
    fix.probe(false);
    const failed = fix.probe(false);
    expect(types(failed)).toEqual(['TimerFired', 'ProbeObserved', 'VerdictReached', 'UndoBegun', 'TimerSet']);
    expect(failed[3]).toMatchObject({
      data: { undoes: [`${FIX_ID}.1`], reason_code: 'verification-recurred', ends_as: 'FixEscalated' },
    });
    expect(fix.fire('undo')).toMatchObject([
      { type: 'TimerFired' },
      { type: 'FixGuarded' },
      { type: 'FixCommanded', data: undone },
      { type: 'TimerSet', data: { name: 'acknowledge' } },
    ]);
    expect(fixIdOfCommand(undone.command_id)).toBe(FIX_ID);
    expect(types(fix.result('acknowledged'))).toEqual(['FixAcknowledged', 'TimerSet']);
    expect(fix.result('succeeded', { evidence: { after: 'old' } })).toMatchObject([
      { type: 'StepUndone', data: { command_id: undone.command_id, undoes: undone.undoes, evidence: { after: 'old' } } },
      { type: 'FixUndone', data: { steps: 1 } },
      { type: 'FixEscalated', data: { reason_code: 'verification-recurred', attempts: 1 } },
    ]);
    expect(fix.state.state).toBe('escalated');
  });

  it.each<[string, (fix: FixUnderTest) => unknown]>([
    ['the window ended', (fix) => fix.fire('verification-deadline')],
    ['nothing is left to probe', (fix) => fix.fire('probe')],
    ['it was reported again', (fix) => fix.fault(5_000)],
    ['something new is reported', (fix) => fix.fault(5_000, { fingerprint: 'fp@1:another' })],
  ])('begins where %s', (_what, happen) => {
    const fix = withNext(buildVerifyingFix(SWITCH_POOL));
    happen(fix);
    expect(fix.state.state).toBe('undoing');
  });

  it('is followed by the next strategy where there is one', () => {
    const fix = withNext(buildVerifyingFix(SWITCH_POOL));
    fix.fire('verification-deadline');
    fix.fire('undo');
    expect(types(fix.result('succeeded'))).toEqual(['StepUndone', 'FixUndone', 'FixAbandoned']);
    expect(fix.state.state).toBe('abandoned');
  });

  it('takes the last step back first, one command at a time', () => {
    const fix = buildTwoSteps();
    fix.fire('verification-deadline');
    expect(fix.events.findLast(({ type }) => type === 'UndoBegun')).toMatchObject({
      data: { undoes: [`${FIX_ID}.2`, `${FIX_ID}.1`] },
    });
    expect(fix.fire('undo')[2]).toMatchObject({ data: { undoes: `${FIX_ID}.2`, parameters: { pool: 'second' } } });
    expect(fix.fire('undo')).toEqual([]);
    expect(types(fix.result('succeeded'))).toEqual(['StepUndone', 'TimerSet']);
    expect(fix.fire('undo')[2]).toMatchObject({ data: { undoes: `${FIX_ID}.1`, parameters: { pool: 'first' } } });
    expect(types(fix.result('succeeded'))).toEqual(['StepUndone', 'FixUndone', 'FixEscalated']);
  });

  it('also takes back what was done before a step that failed', () => {
    const fix = buildTwoSteps();
    const third = fix.events.findLast((event) => event.type === 'FixCommanded');
    if (third?.type !== 'FixCommanded') throw new Error('nothing was commanded');
    fix.take([{ ...third, data: { ...third.data, command_id: `${FIX_ID}.3`, attempt: 3 } }]);
    expect(types(fix.result('failed', { reason_code: 'not-ready' }))).toEqual(['FixAttemptFailed', 'UndoBegun', 'TimerSet']);
  });

  it('is given up, and never repeated, where it does not come through', () => {
    const ends: [string, (fix: FixUnderTest) => unknown][] = [
      ['undo-failed:start-failed', (fix) => fix.result('failed', { reason_code: 'start-failed' })],
      ['undo-refused:undone-before', (fix) => fix.result('refused', { reason_code: 'undone-before' })],
      ['undo-outcome-unknown', (fix) => fix.result('outcome_unknown')],
      ['undo-not-acknowledged', (fix) => fix.fire('acknowledge')],
      ['undo-without-result', (fix) => [fix.result('acknowledged'), fix.fire('result')]],
    ];
    for (const [reasonCode, end] of ends) {
      const fix = buildTwoSteps();
      fix.fire('verification-deadline');
      fix.fire('undo');
      end(fix);
      expect(fix.events.at(-1)).toMatchObject({
        type: 'FixEscalated',
        data: { reason_code: reasonCode, not_undone: [`${FIX_ID}.2`, `${FIX_ID}.1`] },
      });
      expect([fix.fire('undo'), fix.result('succeeded')]).toEqual([[], []]);
    }
  });

  it('is not begun where a guard objects, or none was asked', () => {
    for (const [words, guard] of [
      [[{ guard: 'kill-switch', ...deny('healing-is-stopped') }], 'kill-switch'],
      [
        [
          { guard: 'never-touch', ...allow },
          { guard: 'fleet-concurrency', ...defer('too-many-live-fixes') },
        ],
        'fleet-concurrency',
      ],
      [[], 'no-guard-was-asked'],
    ] as const) {
      const fix = buildUndoingFix();
      fix.words = words;
      const denied = fix.fire('undo');
      expect(denied).toMatchObject([
        { type: 'TimerFired' },
        { type: 'FixGuarded' },
        { type: 'FixEscalated', data: { reason_code: `undo-denied:${guard}`, not_undone: [`${FIX_ID}.1`] } },
      ]);
    }
  });

  it('is not begun where the agent did not tell what it takes', () => {
    const fix = buildVerifyingFix(SWITCH_POOL, {});
    fix.fire('verification-deadline');
    expect(fix.fire('undo').at(-1)).toMatchObject({ data: { reason_code: 'undo-impossible', not_undone: [`${FIX_ID}.1`] } });
  });

  it('is left to a person where nobody knows what was done, also where there is something else to try', () => {
    const fix = withNext(buildCommandedFix(SWITCH_POOL));
    fix.fire('acknowledge');
    expect(fix.fire('verification-deadline').at(-1)).toMatchObject({
      type: 'FixEscalated',
      data: { reason_code: 'outcome-unknown-not-undone', not_undone: [`${FIX_ID}.1`] },
    });
  });

  it('is none where nothing was carried out', () => {
    const failed = buildCommandedFix(SWITCH_POOL);
    expect(types(failed.result('failed', { reason_code: 'port-in-use' }))).toEqual(['FixAttemptFailed', 'FixEscalated']);
    const refused = buildCommandedFix(SWITCH_POOL);
    expect(types(refused.result('refused'))).toEqual(['FixEscalated']);
  });

  it.each(['transient', 'irreversible'] as const)('is none where the strategy is %s', (reversal) => {
    const fix = buildVerifyingFix(likeRestart({ reversal }));
    expect(types(fix.fire('verification-deadline'))).toEqual(['TimerFired', 'VerdictReached', 'FixEscalated']);
  });

  it('hears nothing but its timers and the agent that was commanded', () => {
    const fix = buildUndoingFix();
    fix.fire('undo');
    expect(fix.result('succeeded', { agent_id: 'somebody-else' })).toEqual([]);
    expect(fix.result('succeeded', { command_id: `${FIX_ID}.1` })).toEqual([]);
    expect(fix.fault(50_000)).toEqual([]);
    expect(types(fix.fire('verification-deadline'))).toEqual(['TimerFired']);
    expect(fix.state.state).toBe('undoing');
  });

  it('keeps the target and the place of its fix until the end, and counts as no action', () => {
    const fix = buildUndoingFix();
    fix.fire('undo');
    const under = fix.events.slice(fix.events.findIndex(({ type }) => type === 'UndoBegun'));
    expect(slotEventsOf('memory', under)).toEqual([]);
    expect(fleetWritesOf('memory', under, { rooms: undefined, heldPlace: 3 })).toEqual([]);
    const end = fix.result('succeeded');
    expect(types(slotEventsOf('memory', end))).toEqual(['SlotReleased']);
    expect(fleetWritesOf('memory', end, { heldPlace: 3 })).toHaveLength(1);
  });
});
