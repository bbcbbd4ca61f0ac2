import type { LedCode, OrchestratorCode } from '#libs/contracts';
import { expireApproval, reactToApproval } from './approval.decider.ts';
import type { FixEvent, Verdict } from './fix.events.ts';
import type { FixInput, ProbeOutcome } from './fix-saga.inputs.ts';
import { awaitsOutcome, type FixSaga, isConfirmation, isTerminal, isTimerSet } from './fix-saga.ts';
import {
  commandAttempt,
  escalate,
  giveUp,
  type FixContext,
  REPORTED_AGAIN,
  setTimer,
  startVerification,
  withdraw,
} from './fix-steps.ts';
import { reactToUndoResult, reactToUndoTimer, undoBeforeEnd } from './undo/undo.decider.ts';
import { describeObjection, findObjection, WAITS_FOR_DEPENDENCIES } from './guards/guard.ts';

/** Reports of the fault may be on their way when the result is; only what was observed this much later counts, in milliseconds. */
const SETTLING_MS = 1000;
/** Until a further attempt that waits for what the target needs is thought of again, and in all, in milliseconds. */
const RETRY_LATER_MS = 20_000;
const LONGEST_RETRY_WAIT_MS = 600_000;
/** As many failed probes in a row mean that the fault is back: the same rule as for believing a fault at first. */
const DIRTY_PROBES_THAT_COUNT = 2;
/** As late as timers are when much is to do, in milliseconds. Later, and we were not there. */
const LATE_BY_ITSELF_MS = 10_000;

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
      return reactToFault(saga, input);
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
  const { name, probe } = input;
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
      return probe === undefined ? conclude(saga, 'inconclusive', 'nothing-to-probe') : observeProbe(saga, probe, context);
    case 'undo':
      return [];
    case 'verification-deadline':
      return saga.state === 'verifying' ? endWindow(saga, input, context) : [];
  }
}

/** A window in which nobody could look says nothing of the fix, so there is another one; what is reported meanwhile counts as ever. */
function endWindow(saga: FixSaga, { lateMs = 0 }: FixInput & { type: 'timer' }, { nowMs, strategy }: FixContext): FixEvent[] {
  if (lateMs <= LATE_BY_ITSELF_MS) return conclude(saga, 'inconclusive', 'window-ended');
  return [setTimer(saga, 'verification-deadline', nowMs + strategy.verification.maxWindowMs)];
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

function observeProbe(saga: FixSaga, probe: ProbeOutcome, context: FixContext): FixEvent[] {
  const clean = probe.ok ? saga.cleanProbes + 1 : 0;
  const observed: FixEvent = {
    type: 'ProbeObserved',
    data: {
      fix_id: saga.fixId,
      ok: probe.ok,
      clean_in_a_row: clean,
      reason_code: probe.reasonCode,
      latency_ms: probe.latencyMs,
    },
  };
  if (clean >= saga.requiredClean) return [observed, ...healthy({ ...saga, cleanProbes: clean })];
  // Where nobody knows that a fix was carried out, a failed probe doesn't speak against it: the window decides.
  const speaksAgainstIt = (saga.verifyingBecause === 'executed' || isConfirmation(saga)) && !probe.ok;
  if (speaksAgainstIt && saga.dirtyProbes + 1 >= DIRTY_PROBES_THAT_COUNT) {
    return [observed, ...conclude({ ...saga, cleanProbes: 0 }, 'recurred', `probe:${probe.reasonCode}`)];
  }
  return [observed, setTimer(saga, 'probe', context.nowMs + saga.probeIntervalMs)];
}

function reactToFault(saga: FixSaga, { agentId, fingerprint, observedAtMs }: FixInput & { type: 'fault' }): FixEvent[] {
  // Anybody, a page too, may name a service in a report; of the fix only the service's own agent speaks.
  if (agentId !== saga.agentId) return [];
  if (saga.state !== 'verifying') return [];
  // It is told only of faults that were observed after what it checks was said.
  if (isConfirmation(saga)) return conclude(saga, 'recurred', REPORTED_AGAIN);
  if (saga.executedAtMs === undefined) return [];
  if (observedAtMs <= saga.executedAtMs + SETTLING_MS) return [];
  return fingerprint === saga.fingerprint
    ? conclude(saga, 'recurred', REPORTED_AGAIN)
    : conclude(saga, 'regressed', 'new-fault-reported');
}

/** What healed without the fix is no success of the fix, and yet the fault is over. */
const healthy = (saga: FixSaga): FixEvent[] =>
  saga.verifyingBecause === 'recovered-before-retry' ||
  saga.verifyingBecause === 'recovered-before-approval' ||
  isConfirmation(saga)
    ? conclude(saga, 'superseded', 'recovered-without-the-fix')
    : conclude(saga, 'verified', 'clean-exposures');

function conclude(saga: FixSaga, verdict: Verdict, reasonCode: OrchestratorCode | LedCode): FixEvent[] {
  const isOver = verdict === 'verified' || verdict === 'superseded';
  // What was never carried out has not failed.
  if (!isOver && isConfirmation(saga)) return withdraw(saga, reasonCode);
  const { fixId, incidentId, fingerprint, target, strategy, attempt, cleanProbes, requiredClean } = saga;
  const reached: FixEvent = {
    type: 'VerdictReached',
    data: {
      fix_id: fixId,
      incident_id: incidentId,
      fingerprint,
      target,
      strategy,
      verdict,
      reason_code: reasonCode,
      clean_probes: cleanProbes,
      required_clean: requiredClean,
    },
  };
  // Where it got worse, nothing further is tried.
  if (verdict === 'regressed') return [reached, ...escalate(saga, 'verification-regressed')];
  if (!isOver) return [reached, ...giveUp(saga, `verification-${verdict}`)];
  return [reached, { type: 'FixHealed', data: { fix_id: fixId, incident_id: incidentId, strategy, attempts: attempt } }];
}

/** The member as an object to spread, or nothing: stored events have no empty members. */
function pick<T extends object, K extends keyof T>(from: T, key: K): Partial<Pick<T, K>> {
  if (from[key] === undefined) return {};
  const picked: Partial<Pick<T, K>> = {};
  picked[key] = from[key];
  return picked;
}
