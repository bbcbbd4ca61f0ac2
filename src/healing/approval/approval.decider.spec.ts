import { describe, expect, it } from '@jest/globals';
import type { Role } from '#libs/contracts';
import { buildConfirmation, FIX_ID, type FixUnderTest } from '../../../test/builders/fix-builder.ts';
import { getRestart, likeRestart } from '../../../test/builders/strategy-builder.ts';
import { CLEAN, DIRTY } from '../../../test/builders/stub-prober.ts';
import { type ApprovalProblem, countApprovals, findApprovalProblem, requestApproval } from './approval.decider.ts';
import type { ApprovalAnswer } from '../saga/fix-saga.inputs.ts';

const SHA = 'a'.repeat(64);
const TTL_MS = 60_000;
const IRREVERSIBLE = likeRestart({ reversal: 'irreversible' });
const yes = (over: Partial<ApprovalAnswer> = {}): ApprovalAnswer => ({
  verdict: 'granted',
  actionSha256: SHA,
  actor: 'person:ada',
  role: 'sre',
  reason: 'r',
  ...over,
});

/** A fix that persons are asked about. */
function buildWaiting({ strategy = getRestart(), requestedBy = 'healing' } = {}): FixUnderTest {
  const fix = buildConfirmation();
  fix.take(requestApproval(fix.state, { strategy, nowMs: fix.nowMs }, { hash: () => SHA, ttlMs: TTL_MS, requestedBy }));
  return fix;
}
const typesOf = (events: readonly { type: string }[]): string[] => events.map(({ type }) => type);
const answer = (fix: FixUnderTest, given: ApprovalAnswer, probe = DIRTY): string[] =>
  typesOf(fix.input({ type: 'approval', answer: given, probe }));

describe('an action that waits for persons', () => {
  it('is commanded when one who may says yes, with who it was', () => {
    const fix = buildWaiting();
    expect(fix.state).toMatchObject({ state: 'awaiting-approval', approval: { required: 1 } });
    expect(answer(fix, yes())).toEqual(expect.arrayContaining(['ApprovalGranted', 'FixGuarded', 'FixCommanded']));
    const commanded = fix.events.find(({ type }) => type === 'FixCommanded');
    expect(JSON.stringify(commanded)).toContain('person:ada');
  });

  it('needs two different persons where nothing takes it back', () => {
    const fix = buildWaiting({ strategy: IRREVERSIBLE });
    expect(answer(fix, yes())).toEqual(['ApprovalGranted']);
    expect(fix.state.state).toBe('awaiting-approval');
    expect(fix.state.approval && countApprovals(fix.state.approval, undefined)).toEqual({ granted: 1, required: 2 });
    expect(answer(fix, yes({ role: 'admin' }))).toEqual([]);
    expect(answer(fix, yes({ actor: 'person:bob' }))).toContain('FixCommanded');
  });

  it('is not done where a guard has come to object meanwhile', () => {
    const fix = buildWaiting();
    fix.words = [{ guard: 'freeze', verdict: 'defer', reason_code: 'frozen' }];
    expect(answer(fix, yes())).toEqual(['ApprovalGranted', 'FixGuarded', 'FixEscalated']);
    const unasked = buildWaiting();
    unasked.words = [];
    expect(answer(unasked, yes())).not.toContain('FixCommanded');
  });

  it('is not done to what works again', () => {
    const fix = buildWaiting();
    expect(answer(fix, yes(), CLEAN)).not.toContain('FixCommanded');
    expect(fix.state).toMatchObject({ state: 'verifying', verifyingBecause: 'recovered-before-approval' });
  });

  it('is given up when a person says no, or nobody says anything in time', () => {
    const rejected = buildWaiting();
    expect(answer(rejected, yes({ verdict: 'rejected' }))).toEqual(['ApprovalRejected', 'FixEscalated']);
    const expired = buildWaiting();
    const generation = expired.state.timers['approval'] ?? 0;
    expect(typesOf(expired.input({ type: 'timer', name: 'approval', generation }))).toContain('FixEscalated');
    expect(expired.state).toMatchObject({ state: 'escalated', endedBecause: 'approval-expired' });
    expect(answer(expired, yes())).toEqual([]);
    expect(findApprovalProblem(expired.state, yes(), expired.nowMs)).toBe('approval-expired');
  });

  it.each<[ApprovalProblem, Partial<ApprovalAnswer>, { afterMs?: number; requestedBy?: string }]>([
    ['approval-expired', {}, { afterMs: TTL_MS }],
    ['approval-expired', { verdict: 'rejected' }, { afterMs: TTL_MS }],
    ['action-changed', { actionSha256: 'b'.repeat(64) }, {}],
    ['action-changed', { actionSha256: 'b'.repeat(64), verdict: 'rejected' }, {}],
    ['role-may-not-approve', { role: 'analyst' satisfies Role }, {}],
    ['role-may-not-approve', { role: 'viewer' satisfies Role, verdict: 'rejected' }, {}],
    ['own-request', {}, { requestedBy: 'person:ada' }],
  ])('takes no answer in: %s, %j', (problem, over, { afterMs = 0, requestedBy = 'healing' }) => {
    const fix = buildWaiting({ requestedBy });
    fix.nowMs += afterMs;
    expect(findApprovalProblem(fix.state, yes(over), fix.nowMs)).toBe(problem);
    expect(answer(fix, yes(over))).toEqual([]);
  });

  it('takes no second yes of the same person, but their no', () => {
    const fix = buildWaiting({ strategy: IRREVERSIBLE });
    answer(fix, yes());
    expect(findApprovalProblem(fix.state, yes(), fix.nowMs)).toBe('approved-already');
    expect(answer(fix, yes({ verdict: 'rejected' }))).toContain('FixEscalated');
    expect(findApprovalProblem(fix.state, yes({ actor: 'person:bob' }), fix.nowMs)).toBe('nothing-to-approve');
  });

  it('may be refused by whoever asked for it', () => {
    const fix = buildWaiting({ requestedBy: 'person:ada' });
    expect(answer(fix, yes({ verdict: 'rejected' }))).toContain('ApprovalRejected');
    expect(fix.events.at(-1)).toMatchObject({ data: { fix_id: FIX_ID } });
  });
});
