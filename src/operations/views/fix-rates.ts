import { Injectable } from '@nestjs/common';
import { type FixPair, FixSuccessService } from '../../learning/fix-success.service.ts';
import { rowsAt, type ViewRow } from './view-sql.ts';

const keyOf = (row: { strategy?: unknown; fingerprint?: unknown }): string => JSON.stringify([row.strategy, row.fingerprint]);

const toText = (value: unknown): string => (typeof value === 'string' ? value : '');

const toPair = ({ strategy, fingerprint }: ViewRow): FixPair => ({
  strategy: toText(strategy),
  fingerprint: toText(fingerprint),
});

const UNKNOWN = { n: 0, success_low: null, success_high: null };

/** Tells of each fix how often its strategy worked on its fault, with the interval by which ladders are ordered. */
@Injectable()
export class FixRates {
  constructor(private readonly success: FixSuccessService) {}

  async addTo(fixes: readonly ViewRow[], asOf: number | undefined): Promise<ViewRow[]> {
    const pairs = new Map<string, FixPair>(fixes.map((row) => [keyOf(row), toPair(row)]));
    const wanted = [...pairs.values()];
    const found =
      asOf === undefined ? await this.success.count(wanted) : await this.success.count(wanted, rowsAt('fixes', '$3'), [asOf]);
    const rates = new Map(found.map(({ n, low, high, ...pair }) => [keyOf(pair), { n, success_low: low, success_high: high }]));
    return fixes.map((row) => ({ ...row, ...(rates.get(keyOf(row)) ?? UNKNOWN) }));
  }
}
