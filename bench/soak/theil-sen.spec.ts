import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Random } from '#libs/testing';
import { computeTrend, FEWEST_POINTS, type Point } from './theil-sen.ts';

const line = (count: number, slope: number, noise: (n: number) => number = () => 0): Point[] =>
  Array.from({ length: count }, (_, n) => ({ atHours: n / count, value: 100 + (slope * n) / count + noise(n) }));

describe('the trend of a measured value', () => {
  it('is the slope of a line', () => {
    const trend = computeTrend(line(50, 3));
    expect([trend?.slope, trend?.lower, trend?.upper].map((each) => each?.toFixed(6))).toEqual([
      '3.000000',
      '3.000000',
      '3.000000',
    ]);
  });

  it('is found although a quarter of the values are nonsense', () => {
    const random = new Random(1);
    const trend = computeTrend(line(200, 2, (n) => (n % 4 === 0 ? 500 * random.fraction() : random.fraction() / 10)));
    expect(trend?.lower).toBeLessThan(2.5);
    expect(trend?.upper).toBeGreaterThan(1.5);
  });

  it('has zero in its interval for nearly every noise without a trend', () => {
    const isRight = (seed: number): boolean => {
      const random = new Random(seed);
      const trend = computeTrend(line(60, 0, () => random.fraction()));
      return trend !== undefined && trend.lower <= 0 && trend.upper >= 0;
    };
    const right = Array.from({ length: 200 }, (_, seed) => isRight(seed)).filter(Boolean).length;
    expect(right).toBeGreaterThan(180);
    expect(right).toBeLessThanOrEqual(200);
  });

  it('lies within its interval, however many points there are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: FEWEST_POINTS, maxLength: 40 }),
        (values) => {
          const trend = computeTrend(values.map((value, n) => ({ atHours: n, value })));
          expect(trend?.lower).toBeLessThanOrEqual(trend?.slope ?? Number.NaN);
          expect(trend?.slope).toBeLessThanOrEqual(trend?.upper ?? Number.NaN);
        },
      ),
    );
  });

  it('has an end of its interval that is not the smallest slope, or none', () => {
    const trend = computeTrend(line(FEWEST_POINTS, 0, (n) => (n === 1 ? -50 : 0)));
    expect(trend?.lower).toBeGreaterThan(-50 * FEWEST_POINTS);
    expect(computeTrend(line(FEWEST_POINTS - 1, 1))).toBeUndefined();
    expect(computeTrend([])).toBeUndefined();
  });
});
