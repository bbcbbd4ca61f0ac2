import type { JsonObject } from '#libs/contracts';

/**
 * `act`: a fix is commanded in the same append. `defer`: asked again when more is known. `deny`: not while things are as they are.
 * `ask`: a fix waits until persons have allowed it.
 * `confirm`: nothing is commanded; its agent says that it is over, and the orchestrator checks that for itself.
 */
export type DecisionVerdict = 'act' | 'ask' | 'defer' | 'deny' | 'confirm' | 'escalate';

/** A strategy that was looked at, and why it was not taken where it was not. */
export type Candidate = {
  strategy: string;
  allowed: boolean;
  reason_code: string;
};

/** One guard's word. `defer` and `deny` carry the reason; an exception or a missing datum is a deny. */
export type GuardWord = {
  guard: string;
  verdict: 'allow' | 'deny' | 'defer';
  reason_code: string;
};

/** Stream `decision-<incidentId>`: why this fix, why not that one, and why nothing was done. */
export interface DecisionMade {
  type: 'DecisionMade';
  data: {
    decision_id: string;
    incident_id: string;
    target: string;
    fingerprint: string;
    decided_by: 'rules';
    rules_version: string;
    rule: string;
    /** SHA-256 of the canonical inputs, and the log position up to which they were read. */
    inputs_sha256: string;
    read_position: string;
    inputs: JsonObject;
    candidates: readonly Candidate[];
    guards: readonly GuardWord[];
    choice: string | null;
    verdict: DecisionVerdict;
    reason_code: string;
  };
}
