import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toLearnedRate } from './learned-rate.ts';

describe('a learned rate', () => {
  it('has the interval of Wilson', () => {
    // Newcombe 1998, table I: 81 of 263.
    const { low, high } = toLearnedRate('s', 81, 263);
    expect([low, high].map((bound) => bound.toFixed(4))).toEqual(['0.2553', '0.3662']);
  });

  it('lies within its bounds, which lie within 0 and 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const verified = Math.round(share * n);
        const { low, high } = toLearnedRate('s', verified, n);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(verified / n + 1e-9);
        expect(high).toBeGreaterThanOrEqual(verified / n - 1e-9);
      }),
    );
  });

  it('trusts many successes more than one', () => {
    expect(toLearnedRate('s', 90, 100).low).toBeGreaterThan(toLearnedRate('s', 1, 1).low);
  });
});
