import { describe, expect, it, jest } from '@jest/globals';
import { StepPace } from './step-pace.ts';

async function paceAfter(tookMs: number): Promise<number> {
  let nowMs = 0;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  try {
    const pace = new StepPace(100);
    await pace.take(() => Promise.resolve((nowMs += tookMs)));
    return pace.minStepMs;
  } finally {
    clock.mockRestore();
  }
}

describe('the pace of steps', () => {
  it('is what it is told while steps take a quarter of the time at most', async () => {
    expect([new StepPace(100).minStepMs, await paceAfter(0), await paceAfter(25)]).toEqual([100, 100, 100]);
  });

  it('is slower where they take longer, and never so slow that what is read is old', async () => {
    expect([await paceAfter(40), await paceAfter(1_000)]).toEqual([160, 250]);
  });

  it('hands on what a step comes to, and remembers also what one took that failed', async () => {
    const pace = new StepPace(1);
    expect(await pace.take(() => Promise.resolve('moved'))).toBe('moved');
    await expect(pace.take(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});
