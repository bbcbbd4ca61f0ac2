import type { ApiError } from '../api/api-error.ts';

const [AWAY_MS, MAX_AWAY_MS] = [1000, 5000];
/** A read model that has not seen the event yet is asked again after this. */
export const BEHIND_MS = 150;
/** For what asking again is unlikely to change: somebody may mend it, and nobody should have to load the page anew. */
const SLOW_MS = 15_000;

interface Failure {
  kind: ApiError['kind'];
  /** How often it failed, one time after the other. */
  failures: number;
  /** An event says that there is something to be seen. */
  isWanted: boolean;
}

/** After how long to ask again, if at all. */
export function computeRetryDelay({ kind, failures, isWanted }: Failure): number | undefined {
  if (kind === 'away') return Math.min(MAX_AWAY_MS, AWAY_MS * failures);
  if (kind === 'wrong' || kind === 'denied') return SLOW_MS;
  return isWanted ? Math.min(SLOW_MS, BEHIND_MS * 2 ** (failures - 1)) : undefined;
}
