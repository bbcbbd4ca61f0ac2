import type { DecisionMade, DecisionVerdict } from './decision.events.ts';

/** What was decided about one incident so far. What was deferred or denied is decided about again when more is known. */
export interface DecisionHistory {
  count: number;
  last?: { verdict: DecisionVerdict; reasonCode: string };
}

export const NOTHING_DECIDED: DecisionHistory = { count: 0 };

/** Folds one decision. */
export const evolveDecisionHistory = (history: DecisionHistory, { data }: DecisionMade): DecisionHistory => ({
  count: history.count + 1,
  last: { verdict: data.verdict, reasonCode: data.reason_code },
});

/** A fix was begun, or a person was told: nothing is left to decide. */
export const isDecided = ({ last }: DecisionHistory): boolean => last?.verdict === 'act' || last?.verdict === 'escalate';

/** The same word for the same reason again would only make the log longer. */
export const isSaidAlready = ({ last }: DecisionHistory, { data }: DecisionMade): boolean =>
  last?.verdict === data.verdict && last.reasonCode === data.reason_code;
