import { describe, expect, it } from '@jest/globals';
import { computeSize, type VitalSign } from './vital-signs.ts';

const sign = (residentMiB: number): VitalSign => ({
  atMs: 0,
  processorMs: 0,
  residentMiB,
  loopLagMs: 0,
  waitingEvents: 0,
  readerLag: 0,
});

describe('the size of a process', () => {
  it('is the median of the last fifth of a run', () => {
    expect(computeSize([100, 100, 100, 100, 100, 100, 100, 100, 400, 420].map(sign))).toBe(420);
  });

  it('is unknown where it was hardly looked at', () => {
    expect(computeSize([])).toBeUndefined();
  });
});
