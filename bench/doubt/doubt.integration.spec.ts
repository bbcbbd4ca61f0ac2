import { describe, expect, it } from '@jest/globals';
import { describeViolations } from '#libs/testing';
import { DOUBTS } from './doubts.ts';
import { runDoubt } from './run-doubt.ts';

/** More by command: npm run doubt. */
const TIMES = 20;

describe('commits in doubt', () => {
  it(`${TIMES} of them double nothing and refuse nothing wrongly`, async () => {
    const { violations, rounds, ...run } = await runDoubt({ times: TIMES, seed: 4 });
    expect(describeViolations(violations)).toBe('');
    expect(run).toMatchObject({ misjudged: 0, falseConflicts: 0, wronglyStored: 0, answeredOtherwise: 0 });
    expect(run).toMatchObject({ missing: 0, doubled: 0, invented: 0, disordered: 0 });
    expect(run.foundCommitted).toBeGreaterThanOrEqual(TIMES / 2);
    expect(Math.min(...DOUBTS.map(({ name }) => rounds[name] ?? 0))).toBeGreaterThan(0);
  }, 120_000);
});
