import { toRedactedFigures } from '../agents/redacted-events.ts';
import { atLeast, type Figure, measured } from '../report/figure.ts';
import type { CrashRun } from './run-crashes.ts';

/** What there was to judge beside the reports. */
export const toLedgerFigures = ({ nonsense, repeated, redacted }: CrashRun): Figure[] => [
  atLeast({ name: 'nonsense sent, and counted against dead letters', unit: 'messages' }, nonsense, 1),
  measured({ name: 'commands that came again when they were begun', unit: 'commands' }, repeated),
  ...toRedactedFigures(redacted, ['ErrorReported', 'ResultReported', 'MessageDeadLettered']),
];
