import type { LedCode, OrchestratorCode } from '#libs/contracts';
import type { FixPlan, Strategy } from '#libs/fix-strategies';
import type { FixEvent } from '../saga/fix.events.ts';
import type { FixInput } from '../saga/fix-saga.inputs.ts';
import type { FixSaga } from '../saga/fix-saga.ts';
import { commandStep, computeUndoId, escalate, type FixContext, setTimer } from '../saga/fix-steps.ts';
import { findObjection } from '../guards/guard.ts';
import { type DoneStep, listStepsLeft } from './undo.ts';
import type { UndoBegun } from './undo.events.ts';

/** A step, and the command that takes it back. */
export interface PlannedUndo extends FixPlan {
  step: DoneStep;
  commandId: string;
}

/** `undefined` where the strategy has no way back, or can't find it. */
export function planUndo(step: DoneStep, strategy: Strategy): PlannedUndo | undefined {
  const plan = strategy.inverse?.plan({ parameters: step.parameters, evidence: step.evidence });
  return plan && { ...plan, step, commandId: computeUndoId(step.commandId) };
}

/**
 * What a fix that didn't help ends with waits until what it did is undone. Where nobody knows what it did, it isn't undone and
 * nothing else is tried: a person has to look.
 */
export function undoBeforeEnd(saga: FixSaga, events: FixEvent[], { strategy, nowMs }: FixContext): FixEvent[] {
  const end = events.at(-1);
  if (end?.type !== 'FixEscalated' && end?.type !== 'FixAbandoned') return events;
  if (strategy.inverse === undefined || saga.state === 'undoing') return events;
  const before = events.slice(0, -1);
  const left = listStepsLeft(saga.steps);
  const isUnknown = saga.verifyingBecause === 'outcome-unknown' && before.some(({ type }) => type === 'VerdictReached');
  if (isUnknown)
    return [
      ...before,
      ...escalate(saga, 'outcome-unknown-not-undone', [saga.commandId, ...left.map(({ commandId }) => commandId)]),
    ];
  if (left.length === 0) return events;
  return [...before, ...beginUndo(saga, { reason_code: end.data.reason_code, ends_as: end.type }, nowMs)];
}

/** The commands follow one by one, each when the guards have allowed it. */
export function beginUndo(
  saga: FixSaga,
  why: Pick<UndoBegun['data'], 'reason_code' | 'ends_as' | 'requested'>,
  nowMs: number,
): FixEvent[] {
  const { fixId, incidentId, target, strategy, steps } = saga;
  const about = { fix_id: fixId, incident_id: incidentId, target, strategy };
  const undoes = listStepsLeft(steps).map(({ commandId }) => commandId);
  return [{ type: 'UndoBegun', data: { ...about, undoes, ...why } }, setTimer(saga, 'undo', nowMs)];
}

export function reactToUndoTimer(saga: FixSaga, { name }: FixInput & { type: 'timer' }, context: FixContext): FixEvent[] {
  switch (`${name} ${saga.undo?.phase}`) {
    case 'undo waiting':
      return undoNext(saga, context);
    case 'acknowledge commanded':
      return giveUndoUp(saga, 'undo-not-acknowledged');
    case 'result acknowledged':
      return giveUndoUp(saga, 'undo-without-result');
    default:
      return [];
  }
}

/** The result is of the command under way, and from the agent that has it. */
export function reactToUndoResult(saga: FixSaga, { result }: FixInput & { type: 'result' }, context: FixContext): FixEvent[] {
  const reasonCode = result.reason_code ?? 'unknown';
  switch (result.phase) {
    case 'acknowledged': {
      if (saga.undo?.phase !== 'commanded') return [];
      const acknowledged: FixEvent = { type: 'FixAcknowledged', data: { fix_id: saga.fixId, command_id: saga.commandId } };
      return [acknowledged, setTimer(saga, 'result', context.nowMs + saga.executionTimeoutMs)];
    }
    case 'succeeded':
      return stepUndone(saga, result, context);
    case 'failed':
      return giveUndoUp(saga, `undo-failed:${reasonCode}`);
    case 'refused':
      return giveUndoUp(saga, `undo-refused:${reasonCode}`);
    case 'outcome_unknown':
      return giveUndoUp(saga, 'undo-outcome-unknown');
  }
}

/** Much may have changed since it was done. What it takes to go back may be less than what it took to begin. */
function undoNext(saga: FixSaga, { strategy, nowMs, words, inputs }: FixContext): FixEvent[] {
  const [step] = listStepsLeft(saga.steps);
  const guarded: FixEvent = {
    type: 'FixGuarded',
    data: { fix_id: saga.fixId, guards: words, ...(inputs === undefined ? {} : { inputs }) },
  };
  const objection = findObjection(words)?.guard ?? (words.length === 0 ? 'no-guard-was-asked' : undefined);
  if (objection !== undefined) return [guarded, ...giveUndoUp(saga, `undo-denied:${objection}`)];
  const planned = step?.undo === 'none' ? planUndo(step, strategy) : undefined;
  if (planned === undefined) return [guarded, ...giveUndoUp(saga, 'undo-impossible')];
  const { commandId, parameters, executionTimeoutMs } = planned;
  const requested = saga.undo?.requested;
  const approvals = requested && [{ actor: requested.actor, role: requested.role, approved_at: requested.requested_at }];
  const { attempt, commandId: undoes } = planned.step;
  return [guarded, ...commandStep(saga, { commandId, attempt, parameters, executionTimeoutMs, undoes, approvals }, nowMs)];
}

function stepUndone(saga: FixSaga, result: (FixInput & { type: 'result' })['result'], { nowMs }: FixContext): FixEvent[] {
  const [step, ...left] = listStepsLeft(saga.steps);
  if (step === undefined) return [];
  const { duration_ms, evidence } = result;
  const undone: FixEvent = {
    type: 'StepUndone',
    data: {
      fix_id: saga.fixId,
      command_id: saga.commandId,
      undoes: step.commandId,
      ...(duration_ms === undefined ? {} : { duration_ms }),
      ...(evidence === undefined ? {} : { evidence }),
    },
  };
  return [undone, ...(left.length > 0 ? [setTimer(saga, 'undo', nowMs)] : endUndone(saga))];
}

/** Nothing is left: what would have followed anyway. */
function endUndone({ undo, ...saga }: FixSaga): FixEvent[] {
  const { fixId: fix_id, incidentId: incident_id, strategy, attempt: attempts, steps } = saga;
  const by = undo?.requested === undefined ? {} : { requested_by: undo.requested.actor };
  const undone: FixEvent = { type: 'FixUndone', data: { fix_id, incident_id, strategy, steps: steps.length, ...by } };
  if (undo?.endsAs === undefined) return [undone];
  return [undone, { type: undo.endsAs, data: { fix_id, incident_id, strategy, attempts, reason_code: undo.reasonCode } }];
}

/** An undo is never repeated: a person is told what is left. */
const giveUndoUp = (saga: FixSaga, reasonCode: OrchestratorCode | LedCode): FixEvent[] =>
  escalate(
    saga,
    reasonCode,
    listStepsLeft(saga.steps).map(({ commandId }) => commandId),
  );
