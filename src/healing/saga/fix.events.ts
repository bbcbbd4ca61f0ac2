import type { JsonObject, Role } from '#libs/contracts';
import type { GuardWord } from '../../decisions/decision.events.ts';
import type { UndoEvent } from '../undo/undo.events.ts';

/** What an independent check found after a quiet window; `inconclusive` counts against the fix. */
export type Verdict = 'verified' | 'recurred' | 'regressed' | 'inconclusive' | 'superseded';

/** How the saga waits: each has its own timer. */
export type TimerName = 'approval' | 'acknowledge' | 'result' | 'retry' | 'probe' | 'verification-deadline' | 'undo';

/** Requests and loads of a service that somebody counted; `masked` ones went well only because a retry hid a failure. */
export type Exposures = { total: number; failed: number; masked: number };

/** What was counted of the service since the fix, beside the own probes. */
export type FixExposures = {
  /** By agents other than the one that fixed. */
  others: Exposures;
  /** Who these agents are. */
  counted_by: readonly string[];
  /** By the agent that fixed, which may speak against its fix and never for it. */
  own: Exposures;
  /** Of the others' in a row, together with the clean probes. */
  clean_in_a_row: number;
  /** How many requests came, and how many would have come at the rate of the hour before the incident. */
  traffic?: { requests: number; expected: number };
};

/** The saga was started for an incident. */
export interface FixObserved {
  type: 'FixObserved';
  data: {
    fix_id: string;
    incident_id: string;
    fingerprint: string;
    target: string;
    agent_id: string;
    strategy: string;
    decision_event_id: string;
    /** Share of failing exposures before the fix. */
    failure_rate_before: number;
    /** When the fault was first seen: what was usual is what was before. */
    fault_since: string;
    /** What is tried when this one didn't help, in this order; absent where there is nothing else. */
    next_strategies?: readonly string[];
  };
}

export interface FixGuarded {
  type: 'FixGuarded';
  data: {
    fix_id: string;
    guards: readonly GuardWord[];
    /** What they looked at before a further attempt; of the first one the decision tells, and early events don't have it. */
    inputs?: JsonObject;
  };
}

/** Exactly what a person is asked to allow. */
export type ProposedAction = {
  fix_id: string;
  incident_id: string;
  agent_id: string;
  target: string;
  strategy: string;
  parameters: JsonObject;
};

/** Nothing is commanded before so many persons have allowed this very action; until then it is a no. */
export interface ApprovalRequested {
  type: 'ApprovalRequested';
  data: {
    fix_id: string;
    action: ProposedAction;
    /** SHA-256 of the action's canonical JSON: whoever approves names it. */
    action_sha256: string;
    approver_roles: readonly Role[];
    persons_required: number;
    requested_by: string;
    expires_at: string;
  };
}

export interface ApprovalGranted {
  type: 'ApprovalGranted';
  data: { fix_id: string; action_sha256: string; approved_by: string; role: Role; reason: string; approved_at: string };
}

export interface ApprovalRejected {
  type: 'ApprovalRejected';
  data: { fix_id: string; action_sha256: string; rejected_by: string; role: Role; reason: string };
}

/** The command is in the log; the relay signs it, with this event's position as its fence, and publishes it. */
export interface FixCommanded {
  type: 'FixCommanded';
  data: {
    fix_id: string;
    command_id: string;
    attempt: number;
    agent_id: string;
    target: string;
    strategy: string;
    parameters: JsonObject;
    issued_at: string;
    expires_at: string;
    execution_timeout_ms: number;
    decision_event_id: string;
    /** Who allowed it, where a person had to. */
    approvals?: readonly CommandApproval[];
    /** The command that this one takes back. */
    undoes?: string;
  };
}

export type CommandApproval = { actor: string; role: Role; approved_at: string };

export interface FixAcknowledged {
  type: 'FixAcknowledged';
  data: { fix_id: string; command_id: string };
}

/** The agent claims that it did what it was told. */
export interface FixExecuted {
  type: 'FixExecuted';
  data: { fix_id: string; command_id: string; duration_ms?: number; evidence?: JsonObject };
}

export interface FixAttemptFailed {
  type: 'FixAttemptFailed';
  data: { fix_id: string; command_id: string; attempt: number; reason_code: string; detail?: string; evidence?: JsonObject };
}

/** Nobody knows whether the command was carried out. It is probed, and never sent again. */
export interface OutcomeUnknown {
  type: 'OutcomeUnknown';
  data: { fix_id: string; command_id: string; reason_code: string };
}

export interface VerificationStarted {
  type: 'VerificationStarted';
  data: {
    fix_id: string;
    required_clean: number;
    probe_interval_ms: number;
    max_window_ms: number;
    because: VerificationCause;
    /** Since when exposures count; early events don't have it, and mean the time at which they were recorded. */
    begins_at?: string;
  };
}

/** The last three: it works again without the fix, between two attempts, while persons thought, or before any. */
export type VerificationCause =
  'executed' | 'outcome-unknown' | 'recovered-before-retry' | 'recovered-before-approval' | 'recovered-before-fix';

/** One probe by the orchestrator itself. */
export interface ProbeObserved {
  type: 'ProbeObserved';
  data: {
    fix_id: string;
    ok: boolean;
    clean_in_a_row: number;
    reason_code: string;
    latency_ms: number;
    exposures?: FixExposures;
  };
}

export interface VerdictReached {
  type: 'VerdictReached';
  data: {
    fix_id: string;
    incident_id: string;
    fingerprint: string;
    target: string;
    strategy: string;
    verdict: Verdict;
    reason_code: string;
    clean_probes: number;
    required_clean: number;
    /** Absent where nobody counted any. */
    exposures?: FixExposures;
  };
}

/** A success that didn't last, or that a person doesn't want. It corrects the verdict that it names. */
export interface VerdictRevoked {
  type: 'VerdictRevoked';
  data: {
    fix_id: string;
    revoked: Verdict;
    /** The return of the fault, and how long after; absent where a person has the fix undone. */
    because_incident_id?: string;
    after_ms?: number;
    undone_by?: string;
  };
}

export interface FixHealed {
  type: 'FixHealed';
  data: { fix_id: string; incident_id: string; strategy: string; attempts: number };
}

/** A person has to look: what was tried, and why it isn't tried again. */
export interface FixEscalated {
  type: 'FixEscalated';
  data: {
    fix_id: string;
    incident_id: string;
    strategy: string;
    attempts: number;
    reason_code: string;
    /** Commands that were, or may have been, carried out, and should have been undone. */
    not_undone?: readonly string[];
  };
}

/** It didn't help, and there is something else to try: the incident is decided about again. */
export interface FixAbandoned {
  type: 'FixAbandoned';
  data: { fix_id: string; incident_id: string; strategy: string; attempts: number; reason_code: string };
}

/** It wasn't over after all, and nothing was commanded: the incident is decided about again when it is next reported. */
export interface FixWithdrawn {
  type: 'FixWithdrawn';
  data: { fix_id: string; incident_id: string; strategy: string; reason_code: string };
}

export interface TimerSet {
  type: 'TimerSet';
  data: {
    fix_id: string;
    name: TimerName;
    generation: number;
    due_at: string;
    /** Which guard's objection makes it wait; absent where waiting is the rule. */
    reason_code?: string;
  };
}

export interface TimerFired {
  type: 'TimerFired';
  data: { fix_id: string; name: TimerName; generation: number };
}

export type FixEvent =
  | FixObserved
  | FixGuarded
  | ApprovalRequested
  | ApprovalGranted
  | ApprovalRejected
  | FixCommanded
  | FixAcknowledged
  | FixExecuted
  | FixAttemptFailed
  | OutcomeUnknown
  | VerificationStarted
  | ProbeObserved
  | VerdictReached
  | VerdictRevoked
  | FixHealed
  | FixEscalated
  | FixAbandoned
  | FixWithdrawn
  | UndoEvent
  | TimerSet
  | TimerFired;
