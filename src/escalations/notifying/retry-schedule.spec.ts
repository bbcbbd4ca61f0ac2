import { describe, expect, it } from '@jest/globals';
import { computeRetryDelay, MAX_TRIES, parseRetryAfter } from './retry-schedule.ts';

const delays = (random: number, retryAfterMs?: number): (number | undefined)[] =>
  Array.from({ length: MAX_TRIES }, (_, index) => computeRetryDelay(index + 1, random, retryAfterMs));

const HOUR = 3_600_000;

describe('the schedule of attempts', () => {
  it('gets slower and ends', () => {
    expect(delays(0)).toEqual([5_000, 30_000, 120_000, 600_000, 1_800_000, 2 * HOUR, 5 * HOUR, 10 * HOUR, undefined]);
  });

  it('spreads those that failed together, and makes none earlier', () => {
    expect(delays(1).slice(0, 2)).toEqual([6_000, 36_000]);
  });

  it('gives a receiver the time that it asks for, within bounds', () => {
    expect(computeRetryDelay(1, 0, 60_000)).toBe(60_000);
    expect(computeRetryDelay(3, 0, 1_000)).toBe(120_000);
    expect(computeRetryDelay(1, 0, 1_000 * HOUR)).toBe(10 * HOUR);
    expect(computeRetryDelay(MAX_TRIES, 0, 60_000)).toBeUndefined();
  });

  it.each([
    ['7', 7_000],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Thu, 01 Jan 2025 00:01:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('reads Retry-After %j', (header, expected) => {
    expect(parseRetryAfter(header, Date.parse('2026-01-01T00:00:00Z'))).toBe(expected);
  });
});
