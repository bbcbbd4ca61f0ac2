import { type ExposureCounts, longestCleanRun, NO_EXPOSURES, type Traffic } from './exposures.ts';

/** What others than the orchestrator have counted of the service since the fix. */
export interface CountedExposures {
  /** By agents other than the one that fixed. */
  others: ExposureCounts;
  /** By the agent that fixed: it may speak against its fix, and never for it. */
  own: ExposureCounts;
  /** Absent where nobody counted in the hour before the incident. */
  traffic?: Traffic;
}

/** One look during a verification: an own probe, and what was counted up to then. */
export interface Look {
  ok: boolean;
  reasonCode: string;
  counted?: CountedExposures;
}

/** What all looks so far have come to. */
export interface Tally {
  /** Own probes that were clean, since anything last was not. */
  cleanProbes: number;
  /** Exposures that others counted in the same time. */
  cleanExposures: number;
  /** Whether what is clean next goes on with these; of a run between failures nobody knows where it was. */
  goesOn: boolean;
  /** The latest own probes that failed, in a row; none means that the probe is green. */
  failedInARow: number;
  probes: number;
  failedProbes: number;
  counted: CountedExposures;
  /** Of the latest look. */
  reasonCode: string;
}

export const NOTHING_SEEN: Tally = {
  cleanProbes: 0,
  cleanExposures: 0,
  goesOn: true,
  failedInARow: 0,
  probes: 0,
  failedProbes: 0,
  counted: { others: NO_EXPOSURES, own: NO_EXPOSURES },
  reasonCode: 'unknown',
};

/** One look further. */
export function addLook(tally: Tally, { ok, reasonCode, counted = tally.counted }: Look): Tally {
  return {
    ...extendRun(tally, ok, counted),
    failedInARow: ok ? 0 : tally.failedInARow + 1,
    probes: tally.probes + 1,
    failedProbes: tally.failedProbes + (ok ? 0 : 1),
    counted,
    reasonCode,
  };
}

/**
 * A failed probe ends the run, and so does what a retry hid, as nobody knows how the service would be without. Of many exposures
 * a few may have failed: then the run is as long as it must have been somewhere between them.
 */
function extendRun(
  tally: Tally,
  ok: boolean,
  counted: CountedExposures,
): Pick<Tally, 'cleanProbes' | 'cleanExposures' | 'goesOn'> {
  const others = since(counted.others, tally.counted.others);
  const own = since(counted.own, tally.counted.own);
  if (!ok || others.masked + own.masked > 0) return { cleanProbes: 0, cleanExposures: 0, goesOn: true };
  const failed = others.failed + own.failed;
  if (failed > 0) {
    const total = others.total + own.failed;
    return { cleanProbes: 0, cleanExposures: longestCleanRun({ total, failed }), goesOn: false };
  }
  const { cleanProbes, cleanExposures } = tally.goesOn ? tally : NOTHING_SEEN;
  return { cleanProbes: cleanProbes + 1, cleanExposures: cleanExposures + others.total, goesOn: true };
}

const since = (now: ExposureCounts, before: ExposureCounts): ExposureCounts => ({
  total: now.total - before.total,
  failed: now.failed - before.failed,
  masked: now.masked - before.masked,
});
