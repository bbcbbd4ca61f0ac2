import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { estimateFailureRate, hasHalved, longestCleanRun, type SeenExposures } from './exposures.ts';

const seen = (...counts: readonly (readonly [total: number, failed: number])[]): SeenExposures[] =>
  counts.map(([total, failed]) => ({ total, failed }));
const repeat = (times: number, total: number, failed: number): SeenExposures[] =>
  Array.from({ length: times }, () => ({ total, failed }));

describe('the failure rate before a fix', () => {
  it('is that of a dead service where nothing was counted', () => {
    expect(estimateFailureRate([])).toBe(1);
    expect(estimateFailureRate(repeat(100, 2, 0))).toBe(1);
  });

  it.each([
    ['has just died', [...repeat(300, 2, 0), ...seen([2, 1])]],
    ['died a while ago', [...repeat(300, 2, 0), ...seen([2, 1]), ...repeat(5, 2, 2)]],
    ['died among much traffic with some noise in it', [...repeat(300, 2000, 2), ...seen([2000, 700]), ...repeat(5, 900, 900)]],
    ['failed once some minutes before it died', [...seen([2, 1]), ...repeat(30, 2, 0), ...seen([2, 1]), ...repeat(3, 2, 2)]],
  ])('is 1 for a service that %s', (_case, samples) => {
    expect(estimateFailureRate(samples)).toBe(1);
  });

  it('is the share that failed where only some did', () => {
    const slow = seen([2, 0], [2, 1], [2, 0], [2, 1], [2, 1], [2, 0], [2, 0], [2, 2], [2, 0]);
    expect(estimateFailureRate([...repeat(100, 2, 0), ...slow])).toBe(4 / 14);
    expect(estimateFailureRate(repeat(60, 200, 60))).toBeCloseTo(0.3);
  });

  it('is a share above 0, whatever was counted', () => {
    const step = fc.tuple(fc.nat(50), fc.nat(50)).map(([a, b]) => ({ total: Math.max(a, b), failed: Math.min(a, b) }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (samples) => {
        const rate = estimateFailureRate(samples);
        expect(rate).toBeGreaterThan(0);
        expect(rate).toBeLessThanOrEqual(1);
      }),
      { seed: 5 },
    );
  });
});

describe('a run of clean exposures between failed ones', () => {
  it('is at least as long as where the failed ones are spread evenly', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (outcomes) => {
        const longest = Math.max(
          0,
          ...outcomes
            .map((isClean) => (isClean ? 'c' : 'f'))
            .join('')
            .split('f')
            .map((run) => run.length),
        );
        const failed = outcomes.filter((isClean) => !isClean).length;
        expect(longestCleanRun({ total: outcomes.length, failed })).toBeLessThanOrEqual(longest);
      }),
      { seed: 5 },
    );
  });
});

describe('traffic', () => {
  it.each([
    [0, 8, false],
    [0, 9, true],
    [40, 100, false],
    [30, 100, true],
    [60, 100, false],
    [1000, 5000, true],
    [0, 0, false],
    [12, 0, false],
  ])('with %p requests where %p were expected has halved: %p', (requests, expected, halved) => {
    expect(hasHalved({ requests, expected })).toBe(halved);
  });
});
