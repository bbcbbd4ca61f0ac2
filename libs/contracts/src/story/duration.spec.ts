import { describe, expect, it } from '@jest/globals';
import { clockOf, formatDuration } from './duration.ts';

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1234, '1.2 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [3_600_000, '1 h 00 min'],
    [90_061_000, '1 d 01 h'],
    [-1500, '-1.5 s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('takes the time of day out of a time', () => {
    expect(clockOf('2026-10-01T03:04:05.678Z')).toBe('03:04:05.678');
  });
});
