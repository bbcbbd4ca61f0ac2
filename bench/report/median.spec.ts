import { describe, expect, it } from '@jest/globals';
import { median } from './median.ts';

describe('the median', () => {
  it('lies in the middle, or between the two that do', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([])]).toEqual([2, 2.5, undefined]);
  });

  it('is not measured when one value is not', () => {
    expect(median([1, null, 2])).toBeUndefined();
  });
});
