import { describe, expect, it } from '@jest/globals';
import { computeRetryDelay } from './retry-delay.ts';

describe('computeRetryDelay', () => {
  it('doubles up to five seconds and is spread over half of it', () => {
    expect([0, 1, 2, 3, 4, 5, 1000].map((attempt) => computeRetryDelay(attempt, 1))).toEqual([
      250, 500, 1000, 2000, 4000, 5000, 5000,
    ]);
    expect(computeRetryDelay(1000, 0)).toBe(2500);
  });
});
