import type { Recorded } from '../platform/log/domain-event.ts';
import type { DecisionMade, DecisionVerdict } from './decision.events.ts';

const HOUR_MS = 3_600_000;

/** Why it is checked again: probes didn't confirm the word of its agent, which still stands. */
export const NOT_CONFIRMED_YET = 'not-confirmed-yet';

interface Answer {
  verdict: DecisionVerdict;
  reasonCode: string;
}

/** What was decided about one incident so far. What was deferred or denied is decided about again when more is known. */
export interface DecisionHistory {
  count: number;
  /** Whether something is left to decide: no fix was begun, and no person told. */
  isOpen: boolean;
  /** Strategies that were begun. */
  tried: readonly string[];
  last?: Answer;
  /** The last one that was no mere check. */
  lastAnswer?: Answer;
  /** Each check of the hour before the last one, in milliseconds since 1970. */
  checkedAtMs: readonly number[];
  /** How many of the last ones only repeat a check that confirmed nothing. */
  repeatedChecks: number;
}

export const NOTHING_DECIDED: DecisionHistory = { count: 0, isOpen: true, tried: [], checkedAtMs: [], repeatedChecks: 0 };

/** Folds one decision. */
export function evolveDecisionHistory(history: DecisionHistory, { data, recordedAt }: Recorded<DecisionMade>): DecisionHistory {
  const last = { verdict: data.verdict, reasonCode: data.reason_code };
  const count = history.count + 1;
  if (data.verdict !== 'confirm') {
    const isOpen = !['act', 'ask', 'escalate'].includes(data.verdict);
    const begun = (data.verdict === 'act' || data.verdict === 'ask') && data.choice !== null ? [data.choice] : [];
    const tried = [...history.tried, ...begun];
    return { ...history, count, isOpen, tried, last, lastAnswer: last, repeatedChecks: 0 };
  }
  return {
    ...history,
    count,
    isOpen: true,
    last,
    checkedAtMs: [...listChecksOfHour(history, recordedAt.getTime()), recordedAt.getTime()],
    repeatedChecks: data.reason_code === NOT_CONFIRMED_YET ? history.repeatedChecks + 1 : 0,
  };
}

/** The checks of the hour before this time. */
export const listChecksOfHour = ({ checkedAtMs }: DecisionHistory, nowMs: number): number[] =>
  checkedAtMs.filter((atMs) => atMs > nowMs - HOUR_MS);

/** The same word for the same reason again would only make the log longer. A check in between is no other word. */
export const repeatsLast = ({ lastAnswer }: DecisionHistory, { data }: DecisionMade): boolean =>
  lastAnswer?.verdict === data.verdict && lastAnswer.reasonCode === data.reason_code;
