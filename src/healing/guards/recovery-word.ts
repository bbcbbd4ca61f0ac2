import type { GuardWord } from '../../decisions/decision.events.ts';
import { findObjection, type TargetContext } from './guard.ts';

/** The word of its agent that it is over was there before the report, which came late. */
export const TARGET_IS_HEALTHY_AGAIN = 'target-is-healthy-again';

/** What was reported is old, and our own look found the target well. */
export const TARGET_ANSWERS_PROBES = 'target-answers-probes';

/**
 * From when on the target is said to be well, in milliseconds since 1970, where it is that what speaks against a fix. Its agent said
 * so already, and won't again: whoever only waited for it to be said would leave the incident open for good.
 */
export function findRecovery(
  words: readonly GuardWord[],
  { said, nowMs }: Pick<TargetContext, 'said' | 'nowMs'>,
): number | undefined {
  switch (findObjection(words)?.reason_code) {
    case TARGET_IS_HEALTHY_AGAIN:
      return said.saidAtMs;
    case TARGET_ANSWERS_PROBES:
      // Counted from our look: the agent's word may seem to be from before the fault, where clocks were set.
      return said.state === 'healthy' ? nowMs : undefined;
    default:
      return undefined;
  }
}
