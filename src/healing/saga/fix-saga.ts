import type { JsonObject, Role } from '#libs/contracts';
import { addLook, NOTHING_SEEN, type Tally } from '#libs/fix-strategies';
import type {
  ApprovalGranted,
  ApprovalRequested,
  CommandApproval,
  FixCommanded,
  FixEvent,
  FixExecuted,
  FixExposures,
  FixObserved,
  ProbeObserved,
  ProposedAction,
  TimerName,
  Verdict,
  VerificationCause,
  VerificationStarted,
} from './fix.events.ts';
import { beginUndoState, type DoneStep, markStep, type UndoState } from '../undo/undo.ts';
import type { UndoEvent } from '../undo/undo.events.ts';

/** What persons were asked, and what they have said so far. */
export interface ApprovalState {
  action: ProposedAction;
  actionSha256: string;
  approverRoles: readonly Role[];
  required: number;
  requestedBy: string;
  expiresAtMs: number;
  granted: readonly CommandApproval[];
}

/**
 * Where a fix is. `backing-off`: an attempt failed and the next one waits. `undone`: it had ended, and a person had it taken back.
 * `withdrawn`: it was only a check, which found nothing.
 */
export type FixSagaState =
  | 'observed'
  | 'awaiting-approval'
  | 'commanded'
  | 'acknowledged'
  | 'backing-off'
  | 'verifying'
  | 'undoing'
  | 'undone'
  | 'healed'
  | 'escalated'
  | 'abandoned'
  | 'withdrawn';

export interface FixSaga {
  state: FixSagaState;
  fixId: string;
  incidentId: string;
  fingerprint: string;
  target: string;
  agentId: string;
  strategy: string;
  decisionEventId: string;
  failureRateBefore: number;
  /** When its fault was first seen, in milliseconds since 1970. */
  faultSinceMs: number;
  nextStrategies: readonly string[];
  attempt: number;
  commandId: string;
  /** Of the latest command. */
  parameters: JsonObject;
  executionTimeoutMs: number;
  /** What its agent says to have carried out, in the order in which that was done. */
  steps: readonly DoneStep[];
  undo?: UndoState;
  /** When the agent's result came in, in milliseconds since 1970: what was observed later speaks of the fix. */
  executedAtMs?: number;
  /** When its latest attempt failed, in milliseconds since 1970. */
  failedAtMs?: number;
  verifyingBecause?: VerificationCause;
  /** Exposures since then count, in milliseconds since 1970; only while it is verified. */
  verifyingSinceMs?: number;
  tally: Tally;
  /** As they were at the latest look, where anybody counts them. */
  exposures?: FixExposures;
  requiredClean: number;
  probeIntervalMs: number;
  approval?: ApprovalState;
  /** Why it was given up. */
  endedBecause?: string;
  verdict?: Verdict;
  isRevoked: boolean;
  /** Latest generation of each timer; one that is set again makes the earlier one void. */
  timers: Readonly<Partial<Record<TimerName, number>>>;
  /** Latest generation of each timer that has fired. */
  firedTimers: Readonly<Partial<Record<TimerName, number>>>;
}

/** Whether this generation of the timer is the latest, and still to fire. */
export const isTimerSet = (saga: FixSaga, name: TimerName, generation: number): boolean =>
  saga.timers[name] === generation && saga.firedTimers[name] !== generation;

/**
 * Whether a result of the command under way still tells something. Where the outcome was unknown a late one does: it says
 * what nobody could know before.
 */
export const awaitsOutcome = ({ state, verifyingBecause }: FixSaga): boolean =>
  state === 'commanded' || state === 'acknowledged' || (state === 'verifying' && verifyingBecause === 'outcome-unknown');

const ENDS: ReadonlySet<FixSagaState> = new Set(['healed', 'escalated', 'abandoned', 'withdrawn', 'undone']);

export const isTerminal = ({ state }: FixSaga): boolean => ENDS.has(state);

/** Whether it only checks what an agent says, without a command of its own. */
export const isConfirmation = ({ verifyingBecause }: FixSaga): boolean => verifyingBecause === 'recovered-before-fix';

/** Folds one event of a fix stream, which begins with FixObserved. */
export function evolveFix(saga: FixSaga | undefined, event: FixEvent, recordedAt: Date): FixSaga | undefined {
  if (event.type === 'FixObserved') return begin(event);
  if (saga === undefined) return undefined;
  switch (event.type) {
    case 'ApprovalRequested':
      return { ...saga, state: 'awaiting-approval', approval: toApprovalState(event) };
    case 'ApprovalGranted':
      return { ...saga, ...(saga.approval && { approval: grant(saga.approval, event) }) };
    case 'FixCommanded':
      return command(saga, event);
    case 'FixAcknowledged':
      return saga.state === 'undoing' ? moveUndo(saga, 'acknowledged') : { ...saga, state: 'acknowledged' };
    case 'FixExecuted':
      return { ...saga, executedAtMs: recordedAt.getTime(), steps: [...saga.steps, toStep(saga, event)] };
    case 'FixAttemptFailed':
      return { ...saga, state: 'backing-off', failedAtMs: recordedAt.getTime() };
    case 'VerificationStarted':
      return beginVerification(saga, event, recordedAt);
    case 'ProbeObserved':
      return look(saga, event);
    case 'VerdictReached':
      return { ...saga, verdict: event.data.verdict };
    case 'VerdictRevoked':
      return { ...saga, isRevoked: true };
    case 'FixHealed':
      return { ...saga, state: 'healed' };
    case 'FixEscalated':
      return { ...saga, state: 'escalated', endedBecause: event.data.reason_code };
    case 'FixAbandoned':
      return { ...saga, state: 'abandoned', endedBecause: event.data.reason_code };
    case 'FixWithdrawn':
      return { ...saga, state: 'withdrawn' };
    case 'UndoBegun':
    case 'StepUndone':
    case 'FixUndone':
      return evolveUndo(saga, event);
    case 'TimerSet':
      return { ...saga, timers: { ...saga.timers, [event.data.name]: event.data.generation } };
    case 'TimerFired':
      return { ...saga, firedTimers: { ...saga.firedTimers, [event.data.name]: event.data.generation } };
    case 'FixGuarded':
    case 'ApprovalRejected':
    case 'OutcomeUnknown':
      return saga;
  }
}

function beginVerification({ exposures: _earlier, ...saga }: FixSaga, { data }: VerificationStarted, recordedAt: Date): FixSaga {
  return {
    ...saga,
    state: 'verifying',
    verifyingBecause: data.because,
    verifyingSinceMs: data.begins_at === undefined ? recordedAt.getTime() : Date.parse(data.begins_at),
    tally: NOTHING_SEEN,
    requiredClean: data.required_clean,
    probeIntervalMs: data.probe_interval_ms,
  };
}

function look(saga: FixSaga, { data: { ok, reason_code: reasonCode, exposures } }: ProbeObserved): FixSaga {
  if (exposures === undefined) return { ...saga, tally: addLook(saga.tally, { ok, reasonCode }) };
  return { ...saga, tally: addLook(saga.tally, { ok, reasonCode, counted: exposures }), exposures };
}

function command(saga: FixSaga, { data }: FixCommanded): FixSaga {
  const { attempt, command_id: commandId, parameters, execution_timeout_ms: executionTimeoutMs, undoes } = data;
  if (undoes === undefined) return { ...saga, state: 'commanded', attempt, commandId, parameters, executionTimeoutMs };
  return { ...moveUndo(saga, 'commanded'), steps: markStep(saga.steps, undoes, 'commanded'), commandId, executionTimeoutMs };
}

function evolveUndo(saga: FixSaga, event: UndoEvent): FixSaga {
  switch (event.type) {
    case 'UndoBegun':
      return { ...saga, state: 'undoing', undo: beginUndoState(event) };
    case 'StepUndone':
      return { ...moveUndo(saga, 'waiting'), steps: markStep(saga.steps, event.data.undoes, 'undone') };
    case 'FixUndone':
      return { ...saga, state: 'undone' };
  }
}

const toStep = ({ attempt, parameters }: FixSaga, { data: { command_id: commandId, evidence = {} } }: FixExecuted): DoneStep => ({
  commandId,
  attempt,
  parameters,
  evidence,
  undo: 'none',
});

const moveUndo = (saga: FixSaga, phase: UndoState['phase']): FixSaga => ({
  ...saga,
  ...(saga.undo && { undo: { ...saga.undo, phase } }),
});

const toApprovalState = ({ data }: ApprovalRequested): ApprovalState => ({
  action: data.action,
  actionSha256: data.action_sha256,
  approverRoles: data.approver_roles,
  required: data.persons_required,
  requestedBy: data.requested_by,
  expiresAtMs: Date.parse(data.expires_at),
  granted: [],
});

const grant = (approval: ApprovalState, { data }: ApprovalGranted): ApprovalState => ({
  ...approval,
  granted: [...approval.granted, { actor: data.approved_by, role: data.role, approved_at: data.approved_at }],
});

const begin = ({ data }: FixObserved): FixSaga => ({
  state: 'observed',
  fixId: data.fix_id,
  incidentId: data.incident_id,
  fingerprint: data.fingerprint,
  target: data.target,
  agentId: data.agent_id,
  strategy: data.strategy,
  decisionEventId: data.decision_event_id,
  failureRateBefore: data.failure_rate_before,
  faultSinceMs: Date.parse(data.fault_since),
  nextStrategies: data.next_strategies ?? [],
  attempt: 0,
  commandId: '',
  parameters: {},
  executionTimeoutMs: 0,
  tally: NOTHING_SEEN,
  steps: [],
  requiredClean: 0,
  probeIntervalMs: 0,
  isRevoked: false,
  timers: {},
  firedTimers: {},
});
