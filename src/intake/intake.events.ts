import type { AgentClass, JsonObject, WireError, WireFix } from '#libs/contracts';

/** Stream `report-<agentId>`: an agent saw an error. The error is redacted; nothing personal is in it. */
export interface ErrorReported {
  type: 'ErrorReported';
  data: {
    agent_id: string;
    agent_class: AgentClass;
    error: WireError;
    /** What the agent tried by itself, and claims of it. */
    fix?: WireFix;
    fingerprint: string;
    /** The service a backend reported for, or the reporting application. */
    target: string;
    release?: string;
    session_id?: string;
    /** Between the agent's observing and our receiving, by clocks that can be trusted: the agent's monotonic one and the broker's. */
    age_ms: number;
    /** When it was observed, on the orchestrator's clock: receipt less age. */
    observed_at: string;
    redacted_count: number;
  };
}

/** Stream `report-<agentId>`: an agent says how far a command got. */
export interface ResultReported {
  type: 'ResultReported';
  data: {
    agent_id: string;
    command_id: string;
    phase: 'acknowledged' | 'succeeded' | 'failed' | 'refused' | 'outcome_unknown';
    reason_code?: string;
    detail?: string;
    duration_ms?: number;
    evidence?: JsonObject;
    fix?: WireFix;
  };
}

/** Stream `dead-letters`: a message that can't be taken in, with what is needed to understand and to requeue it. */
export interface MessageDeadLettered {
  type: 'MessageDeadLettered';
  data: {
    subject: string;
    reason_code: string;
    reason: string;
    deliveries: number;
    original_sha256: string;
    original_bytes: number;
    /** Redacted, and cut where it is long. */
    body: string;
  };
}
