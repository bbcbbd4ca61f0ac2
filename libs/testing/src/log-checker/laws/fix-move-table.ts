import type { JsonObject } from '#libs/contracts';
import { readText } from '../fields.ts';

/** Where a fix is, finer than the orchestrator's own states: it tells what must come next. */
export type FixPhase =
  | 'none'
  | 'observed'
  | 'guarded'
  | 'commanded'
  | 'acknowledged'
  | 'executed'
  | 'unknown'
  | 'backing-off'
  | 'verifying'
  | 'verifying-unknown'
  | 'confirming'
  | 'good'
  | 'bad'
  | 'healed'
  | 'escalated'
  | 'withdrawn';

export const isEnded = (phase: FixPhase): boolean => phase === 'healed' || phase === 'escalated' || phase === 'withdrawn';

/** Where an event leads from a phase; what isn't named must not happen there. */
type Moves = Readonly<Partial<Record<FixPhase, FixPhase>>>;

const from = (phases: readonly FixPhase[], to: FixPhase): Moves => Object.fromEntries(phases.map((phase) => [phase, to]));

const UNDER_WAY: readonly FixPhase[] = ['commanded', 'acknowledged'];
/** A late result still tells what nobody could know. */
const AWAITING_RESULT: readonly FixPhase[] = [...UNDER_WAY, 'verifying-unknown'];
/** `confirming` is a check alone: nothing was commanded, so it neither fails nor tells a person. */
const VERIFYING: readonly FixPhase[] = ['verifying', 'verifying-unknown', 'confirming'];

/** Why it is verified says where it must have been before. */
const VERIFICATIONS: Readonly<Record<string, Moves>> = {
  executed: { executed: 'verifying' },
  'outcome-unknown': { unknown: 'verifying-unknown' },
  'recovered-before-retry': { 'backing-off': 'verifying' },
  'recovered-before-fix': { observed: 'confirming' },
};

const VERDICTS: Readonly<Record<string, Moves>> = {
  verified: from(['verifying', 'verifying-unknown'], 'good'),
  superseded: from(['verifying', 'confirming'], 'good'),
  recurred: from(['verifying', 'verifying-unknown'], 'bad'),
  regressed: from(['verifying', 'verifying-unknown'], 'bad'),
  inconclusive: from(['verifying', 'verifying-unknown'], 'bad'),
};

const MOVES: Readonly<Record<string, Moves>> = {
  FixObserved: { none: 'observed' },
  FixGuarded: from(['observed', 'backing-off'], 'guarded'),
  FixCommanded: { guarded: 'commanded' },
  FixAcknowledged: { commanded: 'acknowledged' },
  FixExecuted: from(AWAITING_RESULT, 'executed'),
  FixAttemptFailed: from(AWAITING_RESULT, 'backing-off'),
  OutcomeUnknown: from(UNDER_WAY, 'unknown'),
  FixHealed: { good: 'healed' },
  // A failed check, a hopeless failure or the last attempt, an objecting guard, a refusing agent.
  FixEscalated: from(['bad', 'backing-off', 'guarded', ...AWAITING_RESULT], 'escalated'),
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
    case 'VerificationStarted':
      return VERIFICATIONS[readText(data, 'because')]?.[phase];
    case 'VerdictReached':
      return VERDICTS[readText(data, 'verdict')]?.[phase];
    default:
      return MOVES[type]?.[phase];
  }
}
