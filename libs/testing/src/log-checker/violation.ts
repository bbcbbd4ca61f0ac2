/** What can be wrong with a log and the ledgers of its agents; docs of each code stand with its law. */
export const VIOLATION_CODES = [
  'event-unreadable',
  'position-gap',
  'position-order',
  'version-gap',
  'time-order',
  'chain-broken',
  'report-lost',
  'report-invented',
  'report-doubled',
  'report-uncounted',
  'broken-report-stored',
  'dead-letter-without-reason',
  'illegal-fix-move',
  'illegal-incident-move',
  'command-without-decision',
  'guard-breached',
  'command-after-stop',
  'command-without-slot',
  'two-live-fixes',
  'slot-kept',
  'foreign-clock',
  'second-effect',
  'stale-fence',
  'effect-without-command',
  'resolved-without-verification',
  'open-saga',
  'undo-missing',
  'undo-unfounded',
  'two-escalations',
  'escalation-missing',
  'reader-ahead',
  'reader-behind',
  'read-model-differs',
  'secret-found',
] as const;

export type ViolationCode = (typeof VIOLATION_CODES)[number];

/** One broken law, with the places in the log and the ids that show it. */
export interface Violation {
  readonly code: ViolationCode;
  readonly sentence: string;
  readonly positions: readonly number[];
  readonly ids: readonly string[];
}

/** Tells violations in lines for people; empty when there are none. */
export const describeViolations = (violations: readonly Violation[]): string =>
  violations
    .map(({ code, sentence, positions }) => `${code}: ${sentence}${positions.length > 0 ? ` (at ${positions.join(', ')})` : ''}`)
    .join('\n');
