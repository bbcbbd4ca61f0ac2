import type { FailureCode } from '#libs/contracts';

/** What the last words of a service say about why it didn't start. The first that fits counts. */
const SIGNS: readonly { readonly pattern: RegExp; readonly reasonCode: FailureCode }[] = [
  { pattern: /EADDRINUSE|address already in use/i, reasonCode: 'port-in-use' },
  { pattern: /ENOSPC|no space left on device|disk full/i, reasonCode: 'disk-full' },
  { pattern: /migrations? (?:has |have )?failed|failed to (?:run|apply) migrations?/i, reasonCode: 'migration-error' },
  {
    pattern:
      /(?:invalid|missing|wrong) (?:configuration|config|environment variable)|configuration (?:error|is (?:wrong|invalid))/i,
    reasonCode: 'configuration-error',
  },
];

/** Which known, hopeless cause the output names; `undefined` when it names none. A second start can't change these. */
export const findFailureReason = (lines: readonly string[]): FailureCode | undefined =>
  SIGNS.find(({ pattern }) => lines.some((line) => pattern.test(line)))?.reasonCode;
