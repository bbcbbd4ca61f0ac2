import type { OrchestratorCode } from '#libs/contracts';
import { expireApproval, reactToApproval } from '../approval/approval.decider.ts';
import type { FixEvent } from './fix.events.ts';
import type { FixInput, ProbeOutcome } from './fix-saga.inputs.ts';
import { awaitsOutcome, type FixSaga, isTerminal, isTimerSet } from './fix-saga.ts';
import { commandAttempt, escalate, giveUp, type FixContext, setTimer, startVerification } from './fix-steps.ts';
import { reactToUndoResult, reactToUndoTimer, undoBeforeEnd } from '../undo/undo.decider.ts';
import { describeObjection, findObjection, WAITS_FOR_DEPENDENCIES } from '../guards/guard.ts';
import { conclude, endWindow, observeProbe, reactToFault } from '../verification/verification.decider.ts';

/** Until a further attempt that waits for what the target needs is thought of again, and in all, in milliseconds. */
const RETRY_LATER_MS = 20_000;
const LONGEST_RETRY_WAIT_MS = 600_000;

/**
 * What follows from an input: events, of which commands and timers are two kinds, so that they are stored together with
 * what caused them. An input that the state doesn't wait for changes nothing, however often it comes.
 */
export function reactFix(saga: FixSaga, input: FixInput, context: FixContext): FixEvent[] {
  return isTerminal(saga) ? [] : undoBeforeEnd(saga, reactTo(saga, input, context), context);
}

function reactTo(saga: FixSaga, input: FixInput, context: FixContext): FixEvent[] {
  switch (input.type) {
    case 'result':
      return reactToResult(saga, input, context);
    case 'timer':
      return reactToTimer(saga, input, context);
    case 'approval':
      return reactToApproval(saga, input, context);
    case 'fault':
      return reactToFault(saga, input, context);
  }
}

function reactToResult(saga: FixSaga, input: FixInput & { type: 'result' }, context: FixContext): FixEvent[] {
  const { agentId, result } = input;
  // Only the agent that was commanded can answer, and only for the attempt that is under way.
  if (agentId !== saga.agentId || result.command_id !== saga.commandId) return [];
  if (saga.state === 'undoing') return reactToUndoResult(saga, input, context);
  if (!awaitsOutcome(saga)) return [];
  const common = { fix_id: saga.fixId, command_id: result.command_id };
  switch (result.phase) {
    case 'acknowledged':
      if (saga.state !== 'commanded') return [];
      return [{ type: 'FixAcknowledged', data: common }, setTimer(saga, 'result', context.nowMs + saga.executionTimeoutMs)];
    case 'succeeded':
      return [
        { type: 'FixExecuted', data: { ...common, ...pick(result, 'duration_ms'), ...pick(result, 'evidence') } },
        ...startVerification(saga, context, 'executed'),
      ];
    case 'failed':
      return attemptFailed(saga, result, context);
    case 'refused':
      return escalate(saga, `refused-by-agent:${result.reason_code ?? 'unknown'}`);
    case 'outcome_unknown':
      return saga.state === 'verifying' ? [] : outcomeUnknown(saga, 'agent-died-while-acting', context);
  }
}

function attemptFailed(saga: FixSaga, result: (FixInput & { type: 'result' })['result'], context: FixContext): FixEvent[] {
  const reasonCode = result.reason_code ?? 'unknown';
  const { maxAttempts, backoffMs, hopelessReasonCodes } = context.strategy.attempts;
  const failed: FixEvent = {
    type: 'FixAttemptFailed',
    data: {
      fix_id: saga.fixId,
      command_id: saga.commandId,
      attempt: saga.attempt,
      reason_code: reasonCode,
      ...pick(result, 'detail'),
      ...pick(result, 'evidence'),
    },
  };
  if (hopelessReasonCodes.some((hopeless) => hopeless === reasonCode)) return [failed, ...giveUp(saga, `hopeless:${reasonCode}`)];
  if (saga.attempt >= maxAttempts) return [failed, ...giveUp(saga, 'attempts-exhausted')];
  const waitMs = backoffMs[Math.min(saga.attempt, backoffMs.length) - 1] ?? 0;
  return [failed, setTimer(saga, 'retry', context.nowMs + waitMs)];
}

function outcomeUnknown(saga: FixSaga, reasonCode: OrchestratorCode, context: FixContext): FixEvent[] {
  return [
    { type: 'OutcomeUnknown', data: { fix_id: saga.fixId, command_id: saga.commandId, reason_code: reasonCode } },
    ...startVerification(saga, context, 'outcome-unknown'),
  ];
}

function reactToTimer(saga: FixSaga, input: FixInput & { type: 'timer' }, context: FixContext): FixEvent[] {
  if (!isTimerSet(saga, input.name, input.generation)) return [];
  const fired: FixEvent = {
    type: 'TimerFired',
    data: { fix_id: saga.fixId, name: input.name, generation: input.generation },
  };
  return [fired, ...reactToDueTimer(saga, input, context)];
}

function reactToDueTimer(saga: FixSaga, input: FixInput & { type: 'timer' }, context: FixContext): FixEvent[] {
  const { name, probe, exposures } = input;
  if (saga.state === 'undoing') return reactToUndoTimer(saga, input, context);
  switch (name) {
    case 'approval':
      return saga.state === 'awaiting-approval' ? expireApproval(saga) : [];
    case 'acknowledge':
      return saga.state === 'commanded' ? outcomeUnknown(saga, 'not-acknowledged', context) : [];
    case 'result':
      return saga.state === 'acknowledged' ? outcomeUnknown(saga, 'no-result', context) : [];
    case 'retry':
      return saga.state === 'backing-off' ? attemptAgain(saga, probe, context) : [];
    case 'probe':
      if (saga.state !== 'verifying') return [];
      // No data is no success.
      return probe === undefined
        ? conclude(saga, 'inconclusive', 'nothing-to-probe')
        : observeProbe(saga, { probe, exposures }, context);
    case 'undo':
      return [];
    case 'verification-deadline':
      return saga.state === 'verifying' ? endWindow(saga, input, context) : [];
  }
}

/** A further attempt is an action like the first: much may have changed while it waited. */
function attemptAgain(saga: FixSaga, probe: ProbeOutcome | undefined, context: FixContext): FixEvent[] {
  // Nothing that works again is restarted.
  if (probe?.ok === true) return startVerification(saga, context, 'recovered-before-retry');
  const { words, inputs } = context;
  const objection = findObjection(words);
  if (objection?.guard === WAITS_FOR_DEPENDENCIES && mayWaitLonger(saga, context)) {
    return [setTimer(saga, 'retry', context.nowMs + RETRY_LATER_MS, describeObjection(objection))];
  }
  const guarded: FixEvent = {
    type: 'FixGuarded',
    data: { fix_id: saga.fixId, guards: words, ...(inputs === undefined ? {} : { inputs }) },
  };
  if (objection !== undefined) return [guarded, ...escalate(saga, describeObjection(objection))];
  return [guarded, ...(words.length === 0 ? escalate(saga, 'no-guard-was-asked') : commandAttempt(saga, context))];
}

/** What the target needs may come back, and nobody else would begin again with it. */
const mayWaitLonger = ({ failedAtMs = 0 }: FixSaga, { nowMs }: FixContext): boolean =>
  nowMs + RETRY_LATER_MS <= failedAtMs + LONGEST_RETRY_WAIT_MS;

/** The member as an object to spread, or nothing: stored events have no empty members. */
function pick<T extends object, K extends keyof T>(from: T, key: K): Partial<Pick<T, K>> {
  if (from[key] === undefined) return {};
  const picked: Partial<Pick<T, K>> = {};
  picked[key] = from[key];
  return picked;
}
