import { toRedactedFigures } from '../agents/redacted-events.ts';
import { atLeast, type Figure } from '../report/figure.ts';
import type { ChaosRun } from './run-chaos.ts';

/** What there was to judge beside the reports. */
export const toLedgerFigures = ({ starts, redacted }: ChaosRun): Figure[] => [
  atLeast({ name: 'starts that services wrote down', unit: 'starts' }, starts, 1),
  ...toRedactedFigures(redacted, ['ErrorReported', 'ResultReported']),
];
