import { describe, expect, it } from '@jest/globals';
import { computeBackOffMs } from './back-off.ts';

describe('back-off', () => {
  it.each([
    [0, 50],
    [1, 50],
    [2, 100],
    [5, 800],
    [8, 5_000],
    [10_000, 5_000],
  ])('after %i failures waits %i ms', (failures, ms) => {
    expect(computeBackOffMs(failures, { firstMs: 50, maxMs: 5_000 })).toBe(ms);
  });
});
