import type { AgentClass, ErrorType, Severity } from '#libs/contracts';
import type { Symptom } from './symptom.ts';

/** What a decision may rest on: typed facts about the latest report of those that weigh most, never its text. */
export type IncidentEvidence = {
  report_event_id: string;
  /** Absent where the report is stored in the append of the event that tells of it, right before that event. */
  report_position?: string;
  agent_id: string;
  agent_class: AgentClass;
  source: string;
  symptom: Symptom;
  observed_at: string;
  /** The reporting agent saw the process of the service end. */
  exited: boolean;
  consecutive_failures: number;
};

/** Of a report that was stored before. */
export type LocatedEvidence = Omit<IncidentEvidence, 'report_position'> & { report_position: string };

/** Stream `incident-<key>`; the key stands for fingerprint and target, an episode for one outage of it. */
export interface IncidentOpened {
  type: 'IncidentOpened';
  data: {
    incident_id: string;
    episode: number;
    fingerprint: string;
    target: string;
    error_type: ErrorType;
    severity: Severity;
    opened_at: string;
    evidence: IncidentEvidence;
  };
}

/** More of the same. At most one every 10 s, so that a storm of reports stays a few events. */
export interface IncidentGrew {
  type: 'IncidentGrew';
  data: {
    incident_id: string;
    /** Reports since the last IncidentGrew or IncidentOpened, and in all. */
    added: number;
    count: number;
    /** Every report up to this position is counted. */
    through_position: string;
    evidence: LocatedEvidence;
  };
}

export interface IncidentHealing {
  type: 'IncidentHealing';
  data: { incident_id: string; fix_id: string; strategy: string };
}

/** Somebody who isn't independent says that it is over. */
export interface IncidentMitigated {
  type: 'IncidentMitigated';
  data: {
    incident_id: string;
    claimed_by: string;
    /** When the log took the claim in, which this event may follow late. Absent in the first ones. */
    claimed_at?: string;
  };
}

/** The same outage goes on, and is decided about again: it was said to be over and isn't, or a fix didn't help and there is another. */
export interface IncidentReopened {
  type: 'IncidentReopened';
  data: { incident_id: string; reason_code: string };
}

/** The orchestrator's own check says that it is over. */
export interface IncidentResolved {
  type: 'IncidentResolved';
  data: {
    incident_id: string;
    fix_id: string;
    strategy: string;
    /** From its beginning until the verdict, which this event may follow late. */
    duration_ms: number;
  };
}

export interface IncidentEscalated {
  type: 'IncidentEscalated';
  data: { incident_id: string; reason_code: string; fix_id?: string };
}

export type IncidentEvent =
  IncidentOpened | IncidentGrew | IncidentHealing | IncidentMitigated | IncidentReopened | IncidentResolved | IncidentEscalated;
