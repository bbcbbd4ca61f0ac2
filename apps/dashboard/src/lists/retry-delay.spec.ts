import { describe, expect, it } from '@jest/globals';
import { computeRetryDelay } from './retry-delay.ts';

const delays = (kind: 'away' | 'wrong' | 'absent', isWanted: boolean): (number | undefined)[] =>
  [1, 2, 99].map((failures) => computeRetryDelay({ kind, failures, isWanted }));

describe('after how long a failed answer is asked for again', () => {
  it('is soon when the orchestrator is away, and a little less so each time', () => {
    expect(delays('away', false)).toEqual([1000, 2000, 5000]);
  });

  it('is slowly when asking is unlikely to help', () => {
    expect(delays('wrong', false)).toEqual([15_000, 15_000, 15_000]);
  });

  it('is not at all for what is absent, unless an event speaks of it', () => {
    expect(delays('absent', false)).toEqual([undefined, undefined, undefined]);
    expect(delays('absent', true)).toEqual([150, 300, 15_000]);
  });
});
