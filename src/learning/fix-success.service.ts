import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.ts';
import { type LearnedRate, toLearnedRate } from './learned-rate.ts';

/** A success that didn't last is none; what was overtaken says nothing. */
const COUNT = `
SELECT strategy, count(*) AS n, count(*) FILTER (WHERE verdict = 'verified' AND revoked_at IS NULL) AS verified
FROM fixes WHERE fingerprint = $1 AND strategy = ANY($2) AND verdict <> 'superseded'
GROUP BY strategy`;

interface CountRow {
  strategy: string;
  n: string;
  verified: string;
}

/** What is known of how often fixes worked. */
@Injectable()
export class FixSuccessService {
  constructor(private readonly database: Database) {}

  /** Of those strategies of which an independent check has ever said anything on this fault. */
  async load(fingerprint: string, strategies: readonly string[]): Promise<LearnedRate[]> {
    const rows = await this.database.query<CountRow>(COUNT, [fingerprint, strategies]);
    return rows.map(({ strategy, n, verified }) => toLearnedRate(strategy, Number(verified), Number(n)));
  }
}
