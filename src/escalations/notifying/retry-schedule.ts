const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long after a failed attempt the next one comes, in milliseconds; the first attempt comes at once. */
export const RETRY_DELAYS_MS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
] as const;

export const MAX_TRIES = RETRY_DELAYS_MS.length + 1;

/** A receiver may ask for more time, but not so that nobody hears of it any more. */
const MAX_RETRY_AFTER_MS = 10 * HOUR;
/** Up to so much longer, so that many that failed together don't come back together. */
const JITTER = 0.2;

/**
 * When the next attempt is due after one that failed, in milliseconds; nothing after the last.
 *
 * @param tries how many there were
 * @param random from 0 to 1
 * @param retryAfterMs what the receiver asked for; never makes it earlier
 */
export function computeRetryDelay(tries: number, random: number, retryAfterMs = 0): number | undefined {
  const delayMs = RETRY_DELAYS_MS[tries - 1];
  if (delayMs === undefined) return undefined;
  return Math.round(Math.max(delayMs, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS)) * (1 + random * JITTER));
}

/**
 * Reads the header `Retry-After`: seconds, or a date of HTTP (RFC 9110, section 10.2.3).
 *
 * @returns milliseconds from now; nothing for what can't be read
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * SECOND;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
