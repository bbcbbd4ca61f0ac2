import type { TableRow } from '../evidence.ts';
import { applyToFixes } from './fix-folds.ts';
import type { ReadModelFold } from './read-model.ts';

const VERDICTS = ['verified', 'recurred', 'inconclusive', 'regressed', 'superseded'];
/** For an interval of 95 %. */
const Z = 1.959963984540054;

/** Where the true rate of so many successes lies at least, or at most. */
function computeBound(successes: number, count: number, side: 1 | -1): string | null {
  if (count === 0) return null;
  const spread = Z * Math.sqrt((successes * (count - successes)) / count + (Z * Z) / 4);
  return Math.min(1, Math.max(0, (successes + (Z * Z) / 2 + side * spread) / (count + Z * Z))).toFixed(9);
}

interface Judged {
  readonly what: TableRow;
  readonly verdicts: string[];
}

/** Of each strategy on each fault and service, by day. A success that didn't last counts as none, on the day on which it was taken for one. */
function countSuccess(fixes: Iterable<TableRow>): Map<string, TableRow> {
  const found = new Map<string, Judged>();
  for (const { verdict, verdict_at: at, revoked_at: revokedAt, ...fix } of fixes) {
    if (typeof verdict !== 'string' || typeof at !== 'string') continue;
    const what = { strategy: fix['strategy'], fingerprint: fix['fingerprint'], service: fix['service'], day: at.slice(0, 10) };
    const key = keyOfSuccess(what);
    const counted: Judged = found.get(key) ?? { what, verdicts: [] };
    counted.verdicts.push(revokedAt === undefined ? verdict : 'recurred');
    found.set(key, counted);
  }
  return new Map([...found].map(([key, { what, verdicts }]) => [key, { ...what, ...computeRates(verdicts) }]));
}

function computeRates(verdicts: readonly string[]): TableRow {
  const count = (wanted: string): number => verdicts.filter((verdict) => verdict === wanted).length;
  const n = verdicts.length - count('superseded');
  const verified = count('verified');
  const bounds = { success_low: computeBound(verified, n, -1), success_high: computeBound(verified, n, 1) };
  return { n, ...Object.fromEntries(VERDICTS.map((name) => [name, count(name)])), ...bounds };
}

const keyOfSuccess = (row: TableRow): string =>
  [row['strategy'], row['fingerprint'], row['service'], row['day']].map(String).join(', ');

export const fixSuccessFold: ReadModelFold = {
  name: 'fix_success',
  reader: 'fixes',
  columns: ['n', ...VERDICTS, 'success_low', 'success_high'],
  keyOf: keyOfSuccess,
  apply: applyToFixes,
  tell: (fixes) => countSuccess(fixes.values()),
};
