/** Requests and loads of a service that somebody counted. */
export interface ExposureCounts {
  total: number;
  failed: number;
  /** Went well only because a retry hid a failure. */
  masked: number;
}

export const NO_EXPOSURES: ExposureCounts = { total: 0, failed: 0, masked: 0 };

/** Requests that came after a fix, and how many would have come meanwhile at the rate of the hour before the incident. */
export interface Traffic {
  requests: number;
  expected: number;
}

/** By the rule of three, so many clean ones in a row put the rate of failures below a tenth: what failed before them was another time. */
const CLEAN_BETWEEN_OUTAGES = 30;

/** Everything that was seen of a service between two samples of one counter. */
export type SeenExposures = Pick<ExposureCounts, 'total' | 'failed'>;

/**
 * Share of failing exposures while the service failed, before a fix: of the time back to the last long run of clean ones. Where
 * little or nothing was counted in that time the service counts as dead, as the failed checks in a row say that led to the fix.
 *
 * @param seen in the order of time, up to the decision; `failed` includes what retries hid
 * @returns above 0 and at most 1
 */
export function estimateFailureRate(seen: readonly SeenExposures[]): number {
  let clean = 0;
  let begin = seen.length;
  for (; begin > 0; begin--) {
    const { total = 0, failed = 0 } = seen[begin - 1] ?? {};
    clean = failed === 0 ? clean + total : longestCleanRun({ total, failed });
    if (clean >= CLEAN_BETWEEN_OUTAGES) break;
  }
  const failing = seen.slice(begin).filter(({ total }) => total > 0);
  // The first one is mixed of before and after it began to fail.
  const first = failing.findIndex(({ failed }) => failed > 0);
  const { total, failed } = sum(failing.slice(first + 1));
  return first === -1 || failed === 0 ? 1 : failed / total;
}

/** At least as many went well without one between them that failed, wherever the failed ones were. */
export const longestCleanRun = ({ total, failed }: SeenExposures): number => Math.floor((total - failed) / (failed + 1));

const sum = (seen: readonly SeenExposures[]): SeenExposures =>
  seen.reduce((all, { total, failed }) => ({ total: all.total + total, failed: all.failed + failed }), { total: 0, failed: 0 });

/** Standard deviations that chance alone hardly ever comes to. */
const SURE = 2;

/** Whether less than half of the expected requests came, by more than the chance of a Poisson process explains. */
export function hasHalved({ requests, expected }: Traffic): boolean {
  const half = expected / 2;
  return half - requests > SURE * Math.sqrt(half);
}
