import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { requiredCleanExposures } from './verification.ts';

describe('requiredCleanExposures', () => {
  it.each([
    [1, 6],
    [0.5, 12],
    [0.1, 60],
    [0.02, 300],
    [0.001, 300],
  ])('asks at a failure rate of %p for %p clean ones', (rate, required) => {
    expect(requiredCleanExposures(rate)).toBe(required);
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity, -Infinity])('asks for the most where %p is no rate', (rate) => {
    expect(requiredCleanExposures(rate)).toBe(300);
  });

  it('never asks for less where failures were rarer', () => {
    const rate = fc.double({ min: 1e-6, max: 1, noNaN: true });
    fc.assert(
      fc.property(rate, rate, (a, b) => {
        expect(requiredCleanExposures(Math.min(a, b))).toBeGreaterThanOrEqual(requiredCleanExposures(Math.max(a, b)));
        expect(requiredCleanExposures(a)).toBeGreaterThanOrEqual(6);
      }),
      { seed: 3 },
    );
  });
});
