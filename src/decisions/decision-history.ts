import type { DecisionMade } from './decision.events.ts';

/** What was decided about one incident so far. Only a deferred one is decided about again. */
export interface DecisionHistory {
  count: number;
  isFinal: boolean;
}

export const NOTHING_DECIDED: DecisionHistory = { count: 0, isFinal: false };

/** Folds one decision. */
export const evolveDecisionHistory = (history: DecisionHistory, { data }: DecisionMade): DecisionHistory => ({
  count: history.count + 1,
  isFinal: data.verdict !== 'defer',
});
