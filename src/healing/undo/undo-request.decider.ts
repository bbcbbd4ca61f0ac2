import type { Strategy } from '#libs/fix-strategies';
import type { GuardWord } from '../../decisions/decision.events.ts';
import type { FixEvent } from '../saga/fix.events.ts';
import { type FixSaga, isTerminal } from '../saga/fix-saga.ts';
import { findObjection } from '../guards/guard.ts';
import { beginUndo, type PlannedUndo, planUndo } from './undo.decider.ts';
import { listStepsLeft } from './undo.ts';
import type { UndoRequest } from './undo.events.ts';

/** Why a person's wish to have a fix undone is refused. */
export type UndoProblem =
  | 'not-reversible'
  | 'fix-is-live'
  | 'undone-already'
  | 'nothing-was-done'
  | 'undo-began-before'
  | 'later-fix-first'
  | 'another-fix-is-live'
  | 'undo-denied'
  | 'undo-impossible';

/** What it depends on, beside the fix itself. */
export interface UndoGround {
  strategy: Strategy;
  words: readonly GuardWord[];
  /** One that began after it on the same target, and of which something is still there. */
  laterFix: string | undefined;
}

export interface UndoRefusal {
  problem: UndoProblem;
  /** Which guard, or which other fix. */
  because?: string;
}

/** Everything that would be commanded, in that order; or why nothing is. */
export function planRequestedUndo(saga: FixSaga, ground: UndoGround): PlannedUndo[] | UndoRefusal {
  const refusal = findProblem(saga, ground);
  if (refusal !== undefined) return refusal;
  const planned = listStepsLeft(saga.steps).map((step) => planUndo(step, ground.strategy));
  const possible = planned.filter((one) => one !== undefined);
  return possible.length === planned.length ? possible : { problem: 'undo-impossible' };
}

function findProblem(saga: FixSaga, { strategy, words, laterFix }: UndoGround): UndoRefusal | undefined {
  if (strategy.inverse === undefined) return { problem: 'not-reversible' };
  if (!isTerminal(saga)) return { problem: 'fix-is-live' };
  const [last] = listStepsLeft(saga.steps);
  if (last === undefined) return { problem: saga.steps.length > 0 ? 'undone-already' : 'nothing-was-done' };
  if (last.undo === 'commanded') return { problem: 'undo-began-before' };
  if (laterFix !== undefined) return { problem: 'later-fix-first', because: laterFix };
  const objection = findObjection(words)?.guard;
  if (objection === 'one-live-fix-per-target') return { problem: 'another-fix-is-live' };
  return objection === undefined ? undefined : { problem: 'undo-denied', because: objection };
}

/** A success that a person takes back was none: it is learned from as that. */
export function requestUndo(saga: FixSaga, requested: UndoRequest, nowMs: number): FixEvent[] {
  const revoked: FixEvent = {
    type: 'VerdictRevoked',
    data: { fix_id: saga.fixId, revoked: 'verified', undone_by: requested.actor },
  };
  const isSuccess = saga.verdict === 'verified' && !saga.isRevoked;
  return [...(isSuccess ? [revoked] : []), ...beginUndo(saga, { reason_code: 'wanted-by-a-person', requested }, nowMs)];
}
