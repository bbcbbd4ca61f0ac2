/** How success is checked; the orchestrator runs the check, never the agent that fixed. */
export interface VerificationSpec {
  /** Between two of the orchestrator's own probes; at most one a second. */
  probeIntervalMs: number;
  probeTimeoutMs: number;
  /** Without a verdict by then it is `inconclusive`, which counts against the fix. */
  maxWindowMs: number;
  /** What was observed sooner after the fix may still be of before it. */
  settlingMs: number;
}

const MAX_EXPOSURES = 300;

/**
 * How many clean exposures in a row make a success: n = ⌈3 / (half the failure rate before the fix)⌉, at most 300. By the
 * rule of three (Hanley and Lippman-Hand 1983), n clean ones put the rate below 3/n, here half of what it was, with 95 % confidence.
 *
 * @param failureRateBefore share of failing exposures before the fix, above 0 and at most 1; 1 for a dead service
 */
export function requiredCleanExposures(failureRateBefore: number): number {
  // What is no rate asks for the most: anything less would let a fix pass too easily.
  if (!(failureRateBefore > 0 && failureRateBefore <= 1)) return MAX_EXPOSURES;
  return Math.min(MAX_EXPOSURES, Math.ceil(3 / (failureRateBefore / 2)));
}
