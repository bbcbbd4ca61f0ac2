import { describe, expect, it } from '@jest/globals';
import { computeFreshness } from './connection.ts';

describe('how fresh the page is', () => {
  it.each([
    ['connecting', { isOpen: false, lostAtMs: undefined }, 0],
    ['live', { isOpen: true, lostAtMs: undefined }, 0],
    ['reconnecting', { isOpen: false, lostAtMs: 1000 }, 5000],
    ['stale', { isOpen: false, lostAtMs: 1000 }, 7000],
  ])('is %s', (state, connection, nowMs) => {
    expect(computeFreshness(connection, nowMs).state).toBe(state);
  });

  it('says since when it is stale', () => {
    expect(computeFreshness({ isOpen: false, lostAtMs: 1000 }, 60_000)).toEqual({ state: 'stale', sinceMs: 1000 });
  });
});
