import { atLeast, type Figure } from '../report/figure.ts';
import type { ChaosRun } from './run-chaos.ts';

/** What the ledgers that are nobody's but the services' own had to judge. */
export const toLedgerFigures = ({ starts }: ChaosRun): Figure[] => [
  atLeast({ name: 'starts that services wrote down', unit: 'starts' }, starts, 1),
];
