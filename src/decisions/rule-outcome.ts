import type { OrchestratorCode } from '#libs/contracts';
import type { Strategy } from '#libs/fix-strategies';
import type { Candidate } from './decision.events.ts';

/** What the rules say of a strategy. */
export interface RuledCandidate extends Candidate {
  reason_code: OrchestratorCode;
}

/** What the rules make of an incident: every strategy of the row with its reason, and the first that may be taken. */
export interface RuleOutcome {
  /** Id of the row, or `none`. */
  rule: string;
  version: string;
  candidates: RuledCandidate[];
  /** What would be tried after the choice, in this order. */
  next: readonly string[];
  /** Everything that may be tried was, without success. */
  isExhausted: boolean;
  choice?: Strategy;
}
