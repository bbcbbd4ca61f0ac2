import type { OrchestratorCode } from '#libs/contracts';
import { type DecisionHistory, listChecksOfHour, NOT_CONFIRMED_YET } from './decision-history.ts';

/** Until what probes didn't confirm is looked at again, in milliseconds. */
const RECHECK_MS = 300_000;
/** As often in a row the word of an agent may turn out to be wrong before a person is told. */
const MAX_REFUTED_CHECKS = 3;
/** What is said to be over again and again within the hour is checked after 10 s, doubling up to this, in milliseconds. */
const LONGEST_WAIT_MS = 300_000;
const FIRST_WAIT_MS = 10_000;

/** Why a person is told: the agent stands by a word that probes contradict. */
export const PROBES_KEEP_FAILING = 'said-to-be-healthy-but-probes-fail';

/** What follows from the word of an agent that it is over: a check after so long, or a person who has to look. */
export type CheckPlan =
  { verdict: 'confirm'; reasonCode: OrchestratorCode; waitMs: number } | { verdict: 'escalate'; reasonCode: OrchestratorCode };

/** What to do when an agent says that it is over. */
export function planCheck(history: DecisionHistory, nowMs: number): CheckPlan {
  const earlier = listChecksOfHour(history, nowMs).length;
  const waitMs = earlier === 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (earlier - 1));
  return { verdict: 'confirm', reasonCode: 'said-to-be-healthy', waitMs };
}

/** What to do when a check has confirmed nothing, and the agent stands by its word. */
export function planNextCheck({ repeatedChecks }: DecisionHistory): CheckPlan {
  const refuted = repeatedChecks + 1;
  if (refuted >= MAX_REFUTED_CHECKS) return { verdict: 'escalate', reasonCode: PROBES_KEEP_FAILING };
  return { verdict: 'confirm', reasonCode: NOT_CONFIRMED_YET, waitMs: RECHECK_MS };
}
