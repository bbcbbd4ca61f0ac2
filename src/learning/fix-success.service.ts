import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.ts';
import type { LearnedRate } from './learned-rate.ts';

/** A fault and what was done about it. */
export interface FixPair {
  strategy: string;
  fingerprint: string;
}

/**
 * As the view fix_success counts: a success that didn't last is none; what was overtaken says nothing.
 *
 * @param source the fixes, as they are or were
 */
const count = (source: string): string => `
SELECT strategy, fingerprint, n::int, verified::int, wilson_bound(verified, n, -1) AS low, wilson_bound(verified, n, 1) AS high
FROM (
  SELECT strategy, fingerprint, count(*) AS n, count(*) FILTER (WHERE verdict = 'verified' AND revoked_at IS NULL) AS verified
  FROM ${source}
  WHERE (strategy, fingerprint) IN (SELECT * FROM unnest($1::text[], $2::text[]))
    AND (verdict <> 'superseded' OR revoked_at IS NOT NULL)
  GROUP BY strategy, fingerprint
) AS counted`;

/** What is known of how often fixes worked. */
@Injectable()
export class FixSuccessService {
  constructor(private readonly database: Database) {}

  /** Of those strategies of which an independent check has ever said anything on this fault, on whichever service. */
  load(fingerprint: string, strategies: readonly string[]): Promise<LearnedRate[]> {
    return this.count(strategies.map((strategy) => ({ strategy, fingerprint })));
  }

  /** @param source the fixes as they were, in the place of those that are; two parameters stand before its own */
  count(pairs: readonly FixPair[], source = 'fixes', values: readonly unknown[] = []): Promise<(LearnedRate & FixPair)[]> {
    const columns = [pairs.map(({ strategy }) => strategy), pairs.map(({ fingerprint }) => fingerprint)];
    return this.database.query<LearnedRate & FixPair>(count(source), [...columns, ...values]);
  }
}
