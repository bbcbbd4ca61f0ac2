import { describe, expect, it } from '@jest/globals';
import { lagAfter } from './lag.ts';

const lag = { position: 5, sinceMs: 1000 };

describe('how far an answer is behind', () => {
  it('is not at all when it reflects all that is wanted', () => {
    expect(lagAfter(lag, { seen: 7, wanted: 7, askedAtMs: 2000 })).toBeUndefined();
  });

  it('is since the first event that it lacks, however many come after that', () => {
    expect(lagAfter(lag, { seen: 4, wanted: 99, askedAtMs: 2000 })).toBe(lag);
  });

  it('is since it was asked for when it came along and lacks what is later', () => {
    expect(lagAfter(lag, { seen: 5, wanted: 99, askedAtMs: 2000 })).toEqual({ position: 99, sinceMs: 2000 });
  });
});
