import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CheckLoop } from './check-loop.ts';

describe('CheckLoop', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('checks at once, then after each interval', async () => {
    let checks = 0;
    const loop = new CheckLoop({ intervalMs: 1_000, jitter: 0, check: async () => void (checks += 1), onError: () => undefined });
    loop.start();
    await jest.advanceTimersByTimeAsync(0);
    expect(checks).toBe(1);
    await jest.advanceTimersByTimeAsync(3_000);
    expect(checks).toBe(4);
    await loop.stop();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(checks).toBe(4);
  });

  it('never runs two checks at a time', async () => {
    let [running, most] = [0, 0];
    const check = async (): Promise<void> => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      running -= 1;
    };
    const loop = new CheckLoop({ intervalMs: 1_000, jitter: 0, check, onError: () => undefined });
    loop.start();
    await jest.advanceTimersByTimeAsync(20_000);
    expect(most).toBe(1);
    const stopped = loop.stop();
    await jest.advanceTimersByTimeAsync(5_000);
    await stopped;
  });

  it.each([
    [0, 900],
    [0.5, 1_000],
    [1, 1_100],
  ])('varies its wait by the jitter (%p → %p ms)', async (random, waitMs) => {
    const times: number[] = [];
    const check = async (): Promise<void> => void times.push(Date.now());
    const loop = new CheckLoop({ intervalMs: 1_000, jitter: 0.1, check, onError: () => undefined, random: () => random });
    loop.start();
    await jest.advanceTimersByTimeAsync(5_000);
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBe(waitMs);
    await loop.stop();
  });

  it('goes on after a check that broke', async () => {
    const errors: unknown[] = [];
    const broken = new Error('broken');
    const loop = new CheckLoop({
      intervalMs: 1_000,
      jitter: 0,
      check: () => Promise.reject(broken),
      onError: (error) => errors.push(error),
    });
    loop.start();
    await jest.advanceTimersByTimeAsync(2_000);
    expect(errors).toEqual([broken, broken, broken]);
    await loop.stop();
  });
});
