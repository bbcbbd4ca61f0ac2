import type { RefusalCode } from '#libs/contracts';

/**
 * Refused for now: the same command may pass in a moment, because the key file, the first heartbeat or the next one is on its
 * way. It can't wait for ever, as it expires.
 */
export const isPassing = (code: RefusalCode): boolean =>
  code === 'unknown-key' || code === 'time-unknown' || code === 'control-stale';
