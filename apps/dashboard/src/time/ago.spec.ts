import { describe, expect, it } from '@jest/globals';
import { formatAgo, formatInstant, formatSpan, formatTime } from './ago.ts';

describe('how long ago', () => {
  it.each([
    [-5, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [7_200_000, '2 h'],
    [200_000_000, '2 d'],
  ])('%d ms are %s', (ms, expected) => {
    expect(formatSpan(ms)).toBe(expected);
  });

  it('is "just now" below a second, also when clocks differ a little', () => {
    expect([-900, 0, 999, 1000].map(formatAgo)).toEqual(['just now', 'just now', 'just now', '1 s ago']);
  });

  it('names the moment in the time of the log', () => {
    expect(formatInstant('2026-01-02T03:04:05.678Z')).toBe('2026-01-02 03:04:05 UTC');
  });

  it('names the day with the time when it is another one than today', () => {
    const at = '2026-01-02T03:04:05.678Z';
    expect([formatTime(at, '2026-01-02'), formatTime(at, '2026-01-03')]).toEqual(['03:04:05', '2026-01-02 03:04:05']);
  });
});
