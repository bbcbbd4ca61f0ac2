import type { Strategy } from '#libs/fix-strategies';
import type { Candidate } from './decision.events.ts';

/** What the rules make of an incident: every strategy of the row with its reason, and the first that may be taken. */
export interface RuleOutcome {
  /** Id of the row, or `none`. */
  rule: string;
  version: string;
  candidates: Candidate[];
  choice?: Strategy;
}
