import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { computeHoldMs } from './intake-pace.ts';

describe('the pace of the intake', () => {
  it('is not held back while what decisions read is up to date, or nobody knows how far it is', () => {
    expect([undefined, 0, 50, 1_500].map(computeHoldMs)).toEqual([0, 0, 0, 0]);
  });

  it('is held back well before decisions would wait', () => {
    expect([1_600, 2_500, 3_500].map(computeHoldMs)).toEqual([5, 50, 100]);
  });

  it('never stops, however far read models are behind, and slows down the more the further they are', () => {
    const lag = fc.integer({ min: 0, max: 86_400_000 });
    fc.assert(
      fc.property(lag, lag, (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)].map(computeHoldMs);
        expect(less).toBeLessThanOrEqual(more ?? 0);
        expect(more).toBeLessThanOrEqual(100);
      }),
    );
  });
});
