import type { JsonObject, LedCode, OrchestratorCode } from '#libs/contracts';
import { type FixPlan, requiredCleanExposures, type Strategy } from '#libs/fix-strategies';
import type { GuardWord } from '../../decisions/decision.events.ts';
import type { CommandApproval, FixEvent, TimerName, VerificationCause } from './fix.events.ts';
import type { FixSaga } from './fix-saga.ts';

/** How long an agent has to acknowledge before the command expires, in milliseconds. */
export const ACKNOWLEDGE_WINDOW_MS = 30_000;

/** After an expiry the agent may still be about to say so; only then is the outcome unknown. */
const EXPIRY_MARGIN_MS = 5000;

/** Why something is not over: its own agent says so. */
export const REPORTED_AGAIN = 'reported-again';

/** The strategy, the time and the guards' words, which reach the core as arguments only. */
export interface FixContext {
  strategy: Strategy;
  nowMs: number;
  /** What the guards say now of a further attempt. */
  words: readonly GuardWord[];
  /** What they looked at. */
  inputs?: JsonObject | undefined;
}

const isoAt = (ms: number): string => new Date(ms).toISOString();

export function setTimer(
  saga: Pick<FixSaga, 'fixId' | 'timers'>,
  name: TimerName,
  dueAtMs: number,
  reasonCode?: OrchestratorCode | LedCode,
): FixEvent {
  const generation = (saga.timers[name] ?? 0) + 1;
  const because = reasonCode === undefined ? {} : { reason_code: reasonCode };
  return { type: 'TimerSet', data: { fix_id: saga.fixId, name, generation, due_at: isoAt(dueAtMs), ...because } };
}

/** Commands the next attempt. */
export function commandAttempt(saga: FixSaga, { strategy, nowMs }: Pick<FixContext, 'strategy' | 'nowMs'>): FixEvent[] {
  const attempt = saga.attempt + 1;
  const { parameters, executionTimeoutMs } = planAttempt(saga, strategy);
  const { approval } = saga;
  const step = {
    commandId: computeCommandId(saga.fixId, attempt),
    attempt,
    // Exactly what was approved, where somebody was asked.
    parameters: approval?.action.parameters ?? parameters,
    executionTimeoutMs,
    approvals: approval?.granted,
  };
  return commandStep(saga, step, nowMs);
}

/** One thing that an agent is told to do. */
export interface CommandedStep extends FixPlan {
  /** Names fix and attempt, so that a result finds its saga without an index. */
  commandId: string;
  attempt: number;
  approvals?: readonly CommandApproval[] | undefined;
  /** The command that it takes back. */
  undoes?: string;
}

/** Commands a step; the agent has until the command expires to acknowledge it. */
export function commandStep(saga: FixSaga, step: CommandedStep, nowMs: number): FixEvent[] {
  const { commandId, attempt, parameters, executionTimeoutMs, approvals, undoes } = step;
  return [
    {
      type: 'FixCommanded',
      data: {
        fix_id: saga.fixId,
        command_id: commandId,
        attempt,
        agent_id: saga.agentId,
        target: saga.target,
        strategy: saga.strategy,
        parameters,
        issued_at: isoAt(nowMs),
        expires_at: isoAt(nowMs + ACKNOWLEDGE_WINDOW_MS),
        execution_timeout_ms: executionTimeoutMs,
        decision_event_id: saga.decisionEventId,
        ...(approvals === undefined ? {} : { approvals }),
        ...(undoes === undefined ? {} : { undoes }),
      },
    },
    setTimer(saga, 'acknowledge', nowMs + ACKNOWLEDGE_WINDOW_MS + EXPIRY_MARGIN_MS),
  ];
}

export const planAttempt = ({ target }: FixSaga, strategy: Strategy): FixPlan =>
  strategy.plan({ serviceId: target, hasExited: true, consecutiveFailures: 0 });

/** Names a fix after its incident and the number of the decision that began it. */
export const computeFixId = (incidentId: string, ordinal: number): string => `${incidentId}-${ordinal}`;

export const computeCommandId = (fixId: string, attempt: number): string => `${fixId}.${attempt}`;

/** Of the one command that takes another back; it belongs to the same fix. */
export const computeUndoId = (commandId: string): string => {
  const dot = commandId.lastIndexOf('.') + 1;
  return `${commandId.slice(0, dot)}u${commandId.slice(dot)}`;
};

/** The fix that a command id belongs to; an agent's text, so it may be anything. */
export const fixIdOfCommand = (commandId: string): string => commandId.slice(0, Math.max(0, commandId.lastIndexOf('.')));

export function startVerification(
  saga: FixSaga,
  { strategy, nowMs }: Pick<FixContext, 'strategy' | 'nowMs'>,
  because: VerificationCause,
): FixEvent[] {
  const { probeIntervalMs, maxWindowMs } = strategy.verification;
  return [
    {
      type: 'VerificationStarted',
      data: {
        fix_id: saga.fixId,
        required_clean: requiredCleanExposures(saga.failureRateBefore),
        probe_interval_ms: probeIntervalMs,
        max_window_ms: maxWindowMs,
        because,
        begins_at: isoAt(nowMs),
      },
    },
    setTimer(saga, 'probe', nowMs),
    setTimer(saga, 'verification-deadline', nowMs + maxWindowMs),
  ];
}

export function escalate(saga: FixSaga, reasonCode: OrchestratorCode | LedCode, notUndone: readonly string[] = []): FixEvent[] {
  const { fixId, incidentId, strategy, attempt } = saga;
  const data = { fix_id: fixId, incident_id: incidentId, strategy, attempts: attempt, reason_code: reasonCode };
  return [{ type: 'FixEscalated', data: { ...data, ...(notUndone.length === 0 ? {} : { not_undone: notUndone }) } }];
}

/** It didn't help: the next strategy of the ladder, or a person. */
export function giveUp(saga: FixSaga, reasonCode: OrchestratorCode | LedCode): FixEvent[] {
  if (saga.nextStrategies.length === 0) return escalate(saga, reasonCode);
  const { fixId, incidentId, strategy, attempt } = saga;
  const data = { fix_id: fixId, incident_id: incidentId, strategy, attempts: attempt, reason_code: reasonCode };
  return [{ type: 'FixAbandoned', data }];
}

/** Ends a fix that commanded nothing and found nothing out: it speaks neither for nor against its strategy. */
export const withdraw = ({ fixId, incidentId, strategy }: FixSaga, reasonCode: OrchestratorCode | LedCode): FixEvent[] => [
  { type: 'FixWithdrawn', data: { fix_id: fixId, incident_id: incidentId, strategy, reason_code: reasonCode } },
];
