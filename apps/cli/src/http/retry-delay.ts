const FIRST_MS = 250;
const LONGEST_MS = 5000;

/**
 * Before the next try of a connection: doubled each time up to 5 s, and spread, so that many followers don't come back at once.
 *
 * @param random from 0 to 1
 */
export const computeRetryDelay = (attempt: number, random: number): number =>
  Math.round(Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10)) * (0.5 + random / 2));
