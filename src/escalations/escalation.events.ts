/** What is behind it: a service, an agent that is silent, or a storm of one symptom. */
export type EscalationKind = 'service' | 'agent' | 'storm';

/** Stream `escalation-<root>`: something that a person has to look at, once for each root cause. An episode lasts until it is over. */
export interface EscalationRaised {
  type: 'EscalationRaised';
  data: {
    escalation_id: string;
    /** `service:rag`, `agent:rag-agent`, `storm:service-down`. */
    root: string;
    kind: EscalationKind;
    reason_code: string;
    /** Absent where a storm is told of before any of its incidents is given up. */
    incident_id?: string;
    /** The service that shows it. */
    service?: string;
    /** Targets failing alike, of all that there are, where a storm is told of. */
    failing_targets?: number;
    all_targets?: number;
  };
}

/** More of the same root cause: an incident that was given up, or a further service that is unknown. Soon after it was closed it opens it again. */
export interface EscalationJoined {
  type: 'EscalationJoined';
  data: { escalation_id: string; root: string; reason_code: string; incident_id?: string; service?: string };
}

/** Its incidents are over and its services are heard of again. What comes later is a new episode. */
export interface EscalationClosed {
  type: 'EscalationClosed';
  data: { escalation_id: string; root: string; incidents: number; open_ms: number };
}

/** Stored before the webhook is called. When nothing is heard of the attempt until `lapses_at`, the next one is due. */
export interface NotificationStarted {
  type: 'NotificationStarted';
  data: { escalation_id: string; root: string; attempt: number; lapses_at: string };
}

/** The receiver has taken it. */
export interface NotificationSent {
  type: 'NotificationSent';
  data: { escalation_id: string; root: string; attempt: number; status: number };
}

/** The receiver has not taken it; without `next_at` it isn't tried again. */
export interface NotificationFailed {
  type: 'NotificationFailed';
  data: { escalation_id: string; root: string; attempt: number; reason_code: string; next_at?: string };
}

/** Nobody could be told over the webhook; the escalation stays listed. */
export interface NotificationGivenUp {
  type: 'NotificationGivenUp';
  data: { escalation_id: string; root: string; attempts: number; reason_code: string };
}

/** A person wants it sent again: the same webhook id, and all attempts anew. */
export interface NotificationRequested {
  type: 'NotificationRequested';
  data: { escalation_id: string; root: string; reason: string };
}

export type EscalationEvent =
  | EscalationRaised
  | EscalationJoined
  | EscalationClosed
  | NotificationStarted
  | NotificationSent
  | NotificationFailed
  | NotificationGivenUp
  | NotificationRequested;
