/** Why a command isn't carried out, in the order in which it is checked. */
export const REFUSAL_CODES = [
  'too-large',
  'unsigned',
  'unknown-key',
  'bad-signature',
  'bad-schema',
  'other-target',
  'key-mismatch',
  'key-revoked',
  'time-unknown',
  'expired',
  'other-log',
  'stale-fence',
  'control-stopped',
  'control-stale',
  'strategy-not-allowed',
  'rate-limited',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/**
 * Refused for now: the same command may pass in a moment, because the key file, the first heartbeat or the next one is on its
 * way. It can't wait for ever, as it expires.
 */
export const isPassing = (code: RefusalCode): boolean =>
  code === 'unknown-key' || code === 'time-unknown' || code === 'control-stale';
