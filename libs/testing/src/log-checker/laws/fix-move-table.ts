import type { JsonObject } from '#libs/contracts';
import { readText } from '../fields.ts';

/** Where a fix is, finer than the orchestrator's own states: it tells what must come next. */
export type FixPhase =
  | 'none'
  | 'observed'
  | 'guarded'
  | 'guarded-again'
  | 'awaiting-approval'
  | 'rejected'
  | 'commanded'
  | 'acknowledged'
  | 'executed'
  | 'unknown'
  | 'backing-off'
  | 'verifying'
  | 'verifying-unknown'
  | 'verifying-recovered'
  | 'confirming'
  | 'good'
  | 'bad'
  | 'undoing'
  | 'undo-guarded'
  | 'undo-commanded'
  | 'undo-acknowledged'
  | 'step-undone'
  | 'gone'
  | 'undone'
  | 'healed'
  | 'escalated'
  | 'abandoned'
  | 'withdrawn';

/** Which timers a fix waits for in a phase; in those that aren't named it waits for nothing, but is on its way to the next. */
export const AWAITED_TIMERS: Readonly<Partial<Record<FixPhase, readonly string[]>>> = {
  'awaiting-approval': ['approval'],
  commanded: ['acknowledge'],
  acknowledged: ['result'],
  'backing-off': ['retry'],
  verifying: ['probe', 'verification-deadline'],
  'verifying-unknown': ['probe', 'verification-deadline'],
  'verifying-recovered': ['probe', 'verification-deadline'],
  confirming: ['probe', 'verification-deadline'],
  undoing: ['undo'],
  'step-undone': ['undo'],
  'undo-commanded': ['acknowledge'],
  'undo-acknowledged': ['result'],
};

const ENDS: ReadonlySet<FixPhase> = new Set(['healed', 'escalated', 'abandoned', 'withdrawn', 'undone']);

export const isEnded = (phase: FixPhase): boolean => ENDS.has(phase);

/** Where an event leads from a phase; what isn't named must not happen there. */
type Moves = Readonly<Partial<Record<FixPhase, FixPhase>>>;

const from = (phases: readonly FixPhase[], to: FixPhase): Moves => Object.fromEntries(phases.map((phase) => [phase, to]));

const UNDER_WAY: readonly FixPhase[] = ['commanded', 'acknowledged'];
/** A late result still tells what nobody could know. */
const AWAITING_RESULT: readonly FixPhase[] = [...UNDER_WAY, 'verifying-unknown'];
/** `confirming` is a check alone: nothing was commanded, so it neither fails nor tells a person. */
const VERIFYING: readonly FixPhase[] = ['verifying', 'verifying-unknown', 'verifying-recovered', 'confirming'];
/** Where a command went before, so that a bad end speaks of something. */
const VERIFYING_A_FIX: readonly FixPhase[] = ['verifying', 'verifying-unknown', 'verifying-recovered'];
/** A failed check, a hopeless failure or the last attempt, an objecting guard, a refusing agent. */
const BAD_ENDS: readonly FixPhase[] = ['bad', 'backing-off', 'guarded-again', ...AWAITING_RESULT];
const UNDO_UNDER_WAY: readonly FixPhase[] = ['undo-commanded', 'undo-acknowledged'];

/** Why it is verified says where it must have been before. */
const VERIFICATIONS: Readonly<Record<string, Moves>> = {
  executed: { executed: 'verifying' },
  'outcome-unknown': { unknown: 'verifying-unknown' },
  'recovered-before-retry': { 'backing-off': 'verifying-recovered' },
  'recovered-before-approval': { 'awaiting-approval': 'verifying-recovered' },
  'recovered-before-fix': { observed: 'confirming' },
};

/** What healed without the fix is no success of it, and a fix that was carried out is not superseded by itself. */
const VERDICTS: Readonly<Record<string, Moves>> = {
  verified: from(['verifying', 'verifying-unknown'], 'good'),
  superseded: from(['verifying-recovered', 'confirming'], 'good'),
  recurred: from(VERIFYING_A_FIX, 'bad'),
  regressed: from(VERIFYING_A_FIX, 'bad'),
  inconclusive: from(VERIFYING_A_FIX, 'bad'),
};

/** A defect of the orchestrator itself, which may show at any time. */
export const QUARANTINED = 'handler-crashed';

/** Where something may be left that a person wants undone. */
const ENDED_WITH_STEPS: readonly FixPhase[] = ['healed', 'escalated'];

const MOVES: Readonly<Record<string, Moves>> = {
  FixObserved: { none: 'observed' },
  FixGuarded: {
    observed: 'guarded',
    'backing-off': 'guarded-again',
    'awaiting-approval': 'guarded-again',
    undoing: 'undo-guarded',
    'step-undone': 'undo-guarded',
  },
  ApprovalRequested: { guarded: 'awaiting-approval' },
  ApprovalGranted: { 'awaiting-approval': 'awaiting-approval' },
  ApprovalRejected: { 'awaiting-approval': 'rejected' },
  FixCommanded: from(['guarded', 'guarded-again'], 'commanded'),
  FixAcknowledged: { commanded: 'acknowledged', 'undo-commanded': 'undo-acknowledged' },
  FixExecuted: from(AWAITING_RESULT, 'executed'),
  FixAttemptFailed: from(AWAITING_RESULT, 'backing-off'),
  OutcomeUnknown: from(UNDER_WAY, 'unknown'),
  FixHealed: { good: 'healed' },
  // A person's no, or none at all; a bad end; an undo that did not come through, or that changed nothing about that.
  FixEscalated: from(['rejected', 'awaiting-approval', ...BAD_ENDS, 'undo-guarded', ...UNDO_UNDER_WAY, 'gone'], 'escalated'),
  StepUndone: from(UNDO_UNDER_WAY, 'step-undone'),
  // A failed check, a hopeless failure or the last attempt, where there is something else to try.
  FixAbandoned: from(['bad', 'backing-off', 'gone'], 'abandoned'),
  FixWithdrawn: { confirming: 'withdrawn' },
  VerdictRevoked: { healed: 'healed' },
};

/** Where an event leads; `undefined` when it must not happen here. */
export function moveFix(phase: FixPhase, type: string, data: JsonObject): FixPhase | undefined {
  switch (type) {
    case 'TimerSet':
    case 'TimerFired':
      return phase === 'none' || isEnded(phase) ? undefined : phase;
    case 'ProbeObserved':
      return VERIFYING.includes(phase) ? phase : undefined;
    case 'UndoBegun':
      // What a person wants undone has ended.
      return (readText(data, 'ends_as') === '' ? ENDED_WITH_STEPS : BAD_ENDS).includes(phase) ? 'undoing' : undefined;
    case 'FixUndone':
      if (phase !== 'step-undone') return undefined;
      return readText(data, 'requested_by') === '' ? 'gone' : 'undone';
    case 'FixCommanded':
      if (readText(data, 'undoes') !== '') return phase === 'undo-guarded' ? 'undo-commanded' : undefined;
      return MOVES[type]?.[phase];
    case 'VerificationStarted':
      return VERIFICATIONS[readText(data, 'because')]?.[phase];
    case 'FixEscalated':
      // What nobody can go on with is given up wherever it is.
      if (readText(data, 'reason_code') === QUARANTINED && phase !== 'none' && !isEnded(phase)) return 'escalated';
      return MOVES[type]?.[phase];
    case 'VerdictReached':
      return VERDICTS[readText(data, 'verdict')]?.[phase];
    default:
      return MOVES[type]?.[phase];
  }
}
