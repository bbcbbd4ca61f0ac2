import { describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing';
import { follow } from './follow.ts';

describe('a follower', () => {
  it('steps on without a pause while it is behind, and waits for a wake-up at the end', async () => {
    const stop = new AbortController();
    let wake = (): void => undefined;
    let left = 3;
    let steps = 0;
    const { stopped } = follow({
      step: async () => {
        steps += 1;
        left -= 1;
        return left > 0;
      },
      onError: () => undefined,
      signal: stop.signal,
      wakeUps: [
        (listener) => {
          wake = listener;
          return () => undefined;
        },
      ],
      pollMs: () => 60_000,
      minStepMs: () => 60_000,
    });
    await waitUntil(() => steps === 3);
    stop.abort();
    wake();
    await stopped;
    expect(steps).toBe(3);
  });

  it('takes in together what comes within the shortest step', async () => {
    const stop = new AbortController();
    const began: number[] = [];
    let wake = (): void => undefined;
    const { stopped } = follow({
      step: async () => {
        began.push(performance.now());
        return false;
      },
      onError: () => undefined,
      signal: stop.signal,
      wakeUps: [
        (listener) => {
          wake = listener;
          return () => undefined;
        },
      ],
      minStepMs: () => 50,
    });
    const waking = setInterval(() => wake(), 1);
    await waitUntil(() => began.length >= 4);
    clearInterval(waking);
    stop.abort();
    await stopped;
    const gaps = began.slice(1).map((at, index) => at - (began[index] ?? 0));
    expect(gaps.every((gap) => gap > 45)).toBe(true);
  });
});
