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
  | 'good'
  | 'bad'
  | 'healed'
  | 'escalated'
  | 'given-up';

export const isEnded = (phase: FixPhase): boolean => phase === 'healed' || phase === 'escalated' || phase === 'given-up';

type Move = (data: JsonObject) => FixPhase;

interface MoveRule {
  readonly from: readonly FixPhase[];
  readonly to: Move;
}

const to =
  (phase: FixPhase): Move =>
  () =>
    phase;

const UNDER_WAY: readonly FixPhase[] = ['commanded', 'acknowledged'];
/** A late result still tells what nobody could know. */
const AWAITING_RESULT: readonly FixPhase[] = [...UNDER_WAY, 'verifying-unknown'];
const VERIFYING: readonly FixPhase[] = ['verifying', 'verifying-unknown'];

/** Every move of a fix but timers, which keep it where it is, and the revocation of a success. */
const MOVES: Readonly<Record<string, readonly MoveRule[]>> = {
  FixObserved: [{ from: ['none'], to: to('observed') }],
  FixGuarded: [{ from: ['observed', 'backing-off'], to: to('guarded') }],
  FixCommanded: [{ from: ['guarded'], to: to('commanded') }],
  FixAcknowledged: [{ from: ['commanded'], to: to('acknowledged') }],
  FixExecuted: [{ from: AWAITING_RESULT, to: to('executed') }],
  FixAttemptFailed: [{ from: AWAITING_RESULT, to: to('backing-off') }],
  OutcomeUnknown: [{ from: UNDER_WAY, to: to('unknown') }],
  VerificationStarted: [
    { from: ['executed', 'backing-off', 'observed'], to: to('verifying') },
    { from: ['unknown'], to: to('verifying-unknown') },
  ],
  VerdictReached: [
    { from: VERIFYING, to: (data) => (['verified', 'superseded'].includes(readText(data, 'verdict')) ? 'good' : 'bad') },
  ],
  FixHealed: [{ from: ['good'], to: to('healed') }],
  // A refusing agent, a hopeless failure, an objecting guard, a failed check.
  FixEscalated: [{ from: ['bad', 'backing-off', 'guarded', ...AWAITING_RESULT], to: to('escalated') }],
};

/** Where an event leads; `undefined` when it must not happen here. */
export function moveFix(phase: FixPhase, type: string, data: JsonObject): FixPhase | undefined {
  if (type === 'VerdictRevoked') return phase === 'healed' ? phase : undefined;
  if (type === 'TimerSet' || type === 'TimerFired') return phase === 'none' || isEnded(phase) ? undefined : phase;
  if (type === 'ProbeObserved') return VERIFYING.includes(phase) ? phase : undefined;
  return MOVES[type]?.find(({ from }) => from.includes(phase))?.to(data);
}
