import { describe, expect, it } from '@jest/globals';
import { computeGrowth, computeSize, type VitalSign } from './vital-signs.ts';

const sign = (usedMiB: number, residentMiB = 300): VitalSign => ({
  atMs: 0,
  processorMs: 0,
  residentMiB,
  usedMiB,
  loopLagMs: 0,
  waitingEvents: 0,
  readerLag: 0,
});

/** What is kept grows by so much with each sign; garbage is collected with every fourth one. */
const run = (count: number, growth: number): VitalSign[] =>
  Array.from({ length: count }, (_, n) => sign(80 + growth * n + (n % 4) * 60));

describe('what a process keeps', () => {
  it('is level where only garbage comes and goes', () => {
    expect(computeGrowth(run(40, 0))).toEqual({ beforeMiB: 80, afterMiB: 80 });
  });

  it('grows where something is never let go', () => {
    const { beforeMiB = 0, afterMiB = 0 } = computeGrowth(run(40, 2));
    expect(afterMiB / beforeMiB).toBeGreaterThan(1.25);
  });

  it('is unknown of a process that was never looked at', () => {
    expect(computeGrowth([])).toEqual({ beforeMiB: undefined, afterMiB: undefined });
  });

  it('is in a process whose size is that of its last fifth', () => {
    expect(computeSize(Array.from({ length: 10 }, (_, n) => sign(80, n < 8 ? 100 : 400)))).toBe(400);
  });
});
