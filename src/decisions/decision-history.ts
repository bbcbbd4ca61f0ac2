import type { DecisionMade, DecisionVerdict } from './decision.events.ts';

/** What was decided about one incident so far. What was deferred or denied is decided about again when more is known. */
export interface DecisionHistory {
  count: number;
  /** Whether something is left to decide: no fix was begun, and no person told. */
  isOpen: boolean;
  last?: { verdict: DecisionVerdict; reasonCode: string };
}

export const NOTHING_DECIDED: DecisionHistory = { count: 0, isOpen: true };

/** Folds one decision. */
export const evolveDecisionHistory = (history: DecisionHistory, { data }: DecisionMade): DecisionHistory => ({
  count: history.count + 1,
  isOpen: data.verdict !== 'act' && data.verdict !== 'escalate',
  last: { verdict: data.verdict, reasonCode: data.reason_code },
});

/** The same word for the same reason again would only make the log longer. */
export const repeatsLast = ({ last }: DecisionHistory, { data }: DecisionMade): boolean =>
  last?.verdict === data.verdict && last.reasonCode === data.reason_code;
