import type { OrchestratorCode, LedCode } from '#libs/contracts';
import { hasHalved, type SeenExposures } from './exposures.ts';
import type { Tally } from './tally.ts';
import { requiredCleanExposures } from './verification.ts';

/** All that a verdict rests on. */
export interface VerificationFacts {
  failureRateBefore: number;
  tally: Tally;
  /** What the service's own agent has reported since the fix. */
  reported: 'nothing' | 'the-fault' | 'another-fault';
  /** Where nobody knows that a fix was carried out, what fails doesn't speak against it: the window decides. */
  speaksAgainst: boolean;
  hasWindowEnded: boolean;
}

export type Judgement =
  | { verdict: 'undecided' }
  | { verdict: 'verified' | 'recurred' | 'regressed' | 'inconclusive'; reasonCode: OrchestratorCode | LedCode };

/** As many failed probes in a row mean that the fault is back: the same rule as for believing a fault at first. */
const FAILED_PROBES_THAT_COUNT = 2;

/**
 * The verdict on a fix, as soon as there is one. Verified: enough clean exposures in a row for the failure rate before, the own
 * probe green, and nothing that says otherwise. What speaks against a fix comes first, and no data is no success.
 */
export function judgeVerification(facts: VerificationFacts): Judgement {
  const { reported, speaksAgainst, hasWindowEnded, tally, failureRateBefore } = facts;
  if (reported === 'another-fault') return { verdict: 'regressed', reasonCode: 'new-fault-reported' };
  if (reported === 'the-fault') return { verdict: 'recurred', reasonCode: 'reported-again' };
  if (speaksAgainst && sharesOf(tally).some((share) => isWorse(share, failureRateBefore)))
    return { verdict: 'regressed', reasonCode: 'failure-rate-is-worse' };
  if (speaksAgainst && tally.failedInARow >= FAILED_PROBES_THAT_COUNT)
    return { verdict: 'recurred', reasonCode: `probe:${tally.reasonCode}` };
  if (speaksAgainst && sharesOf(tally).some((share) => isBack(share, failureRateBefore)))
    return { verdict: 'recurred', reasonCode: 'failure-rate-is-back' };
  if (isCleanEnough(facts) && !isQuiet(tally)) return { verdict: 'verified', reasonCode: 'clean-exposures' };
  return hasWindowEnded ? { verdict: 'inconclusive', reasonCode: findDoubt(tally) } : { verdict: 'undecided' };
}

const isCleanEnough = ({ tally, failureRateBefore }: VerificationFacts): boolean =>
  tally.probes > 0 &&
  tally.failedInARow === 0 &&
  tally.cleanProbes + tally.cleanExposures >= requiredCleanExposures(failureRateBefore);

/** What the fix's own agent counted is judged by itself: its clean ones thin out nobody else's failures. */
const sharesOf = ({ probes, failedProbes, counted: { others, own } }: Tally): SeenExposures[] => [
  { total: probes + others.total, failed: failedProbes + others.failed },
  own,
];

/** Success is half the rate of before; what fails more often than that, over as many exposures as a success needs, is none. */
const isBack = ({ total, failed }: SeenExposures, rateBefore: number): boolean =>
  total >= requiredCleanExposures(rateBefore) && failed > (total * rateBefore) / 2;

/** Standard deviations that chance alone hardly ever comes to. */
const SURE = 3;

/** Whether the share of failures is above what it was, by more than chance explains: the lower end of its Wilson interval is. */
function isWorse({ total, failed }: SeenExposures, rateBefore: number): boolean {
  if (total === 0) return false;
  const share = failed / total;
  const spread = SURE * Math.sqrt(share * (1 - share) * total + SURE ** 2 / 4);
  return (failed + SURE ** 2 / 2 - spread) / (total + SURE ** 2) > rateBefore;
}

const isQuiet = ({ counted: { traffic } }: Tally): boolean => traffic !== undefined && hasHalved(traffic);

function findDoubt(tally: Tally): OrchestratorCode {
  const { others, own } = tally.counted;
  if (others.masked + own.masked > 0) return 'masked-by-retries';
  return isQuiet(tally) ? 'traffic-has-halved' : 'window-ended';
}
