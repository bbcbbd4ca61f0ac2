import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FlowPace } from './flow-pace.ts';

const NO_DELAY = { latencyMs: 0, jitterMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY };
const arbitraryPace = fc.record({
  latencyMs: fc.nat(500),
  jitterMs: fc.nat(500),
  bytesPerSecond: fc.constantFrom(1, 1_000, Number.POSITIVE_INFINITY),
});
const piece = fc.record({ afterMs: fc.nat(100), bytes: fc.nat(2_000), pace: arbitraryPace });

describe('the pace of a flow', () => {
  it('never has a piece arrive before an earlier one, nor before its time', () => {
    const property = fc.property(fc.array(piece), fc.array(fc.double({ min: 0, max: 0.999, noNaN: true })), (pieces, random) => {
      const flow = new FlowPace(() => random.pop() ?? 0.5);
      let now = 0;
      let before = 0;
      for (const { afterMs, bytes, pace } of pieces) {
        now += afterMs;
        const due = flow.dueAt(now, bytes, pace);
        expect(due).toBeGreaterThanOrEqual(now + pace.latencyMs);
        expect(due).toBeGreaterThanOrEqual(before);
        before = due;
      }
    });
    fc.assert(property);
  });

  it('lets no more through than it may, however much comes at once', () => {
    const flow = new FlowPace(() => 0);
    const throttled = { ...NO_DELAY, bytesPerSecond: 1_000 };
    expect([100, 300, 600].map((bytes) => flow.dueAt(0, bytes, throttled))).toEqual([100, 400, 1_000]);
    expect(flow.dueAt(5_000, 10, throttled)).toBe(5_010);
  });

  it('adds of the jitter what chance says', () => {
    const flow = new FlowPace(() => 0.25);
    expect(flow.dueAt(1_000, 1, { ...NO_DELAY, latencyMs: 10, jitterMs: 100 })).toBe(1_035);
  });
});
