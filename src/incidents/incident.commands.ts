import type { ErrorType, Severity } from '#libs/contracts';
import type { LocatedEvidence } from './incident.events.ts';

/** One fingerprint on one target. */
export interface DescribedFault {
  key: string;
  fingerprint: string;
  target: string;
  errorType: ErrorType;
  severity: Severity;
  /** The agent that answers for the target, if it is a service of ours. */
  ownerAgent?: string | undefined;
}

/** Reports of one fault, in the order of the log, that aren't counted yet. */
export interface RecordOccurrences extends DescribedFault {
  type: 'RecordOccurrences';
  occurrences: readonly { position: number; observedAtMs: number; evidence: LocatedEvidence }[];
}

export interface StartHealing {
  type: 'StartHealing';
  fixId: string;
  incidentId: string;
  strategy: string;
}

export interface ResolveIncident {
  type: 'ResolveIncident';
  fixId: string;
  incidentId: string;
  strategy: string;
  /** When the log took in that it is healed. */
  resolvedAtMs: number;
}

export interface EscalateIncident {
  type: 'EscalateIncident';
  incidentId: string;
  reasonCode: string;
  fixId?: string;
  /** Of what was over something is left that should be gone. */
  leavesUndone?: boolean;
}

/** Its fix didn't help, and there is something else to try. */
export interface ReopenIncident {
  type: 'ReopenIncident';
  incidentId: string;
  reasonCode: string;
}

export interface MitigateIncident {
  type: 'MitigateIncident';
  incidentId: string;
  claimedBy: string;
  /** When the log took the claim in, in milliseconds since 1970. */
  claimedAtMs: number;
  /** Where the claim stands in the log. */
  claimPosition: number;
}

export type IncidentCommand =
  RecordOccurrences | StartHealing | ResolveIncident | EscalateIncident | ReopenIncident | MitigateIncident;
