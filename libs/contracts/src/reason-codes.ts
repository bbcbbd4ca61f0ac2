/** Why an agent doesn't carry a command out, in the order in which it is checked: `reason_code` of a result `refused`. */
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
  'no-executor',
  'invalid-parameters',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Why an attempt failed that was begun: `reason_code` of a result `failed` of our own executors. Others may have more. */
export const FAILURE_CODES = [
  'aborted',
  'port-in-use',
  'start-failed',
  'exited-early',
  'not-ready',
  'disk-full',
  'migration-error',
  'configuration-error',
  'executor-error',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];
