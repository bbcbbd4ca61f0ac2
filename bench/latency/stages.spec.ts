import { describe, expect, it } from '@jest/globals';
import { computeStages, type Course } from './stages.ts';

const course = (delays: readonly number[]): Course => {
  const [stored, opened, commanded, published, atAgent] = delays.map((_, n) =>
    delays.slice(0, n + 1).reduce((sum, delay) => sum + delay, 1_000),
  );
  return {
    sent: 1_000,
    ...(stored !== undefined && { stored }),
    ...(opened !== undefined && { opened }),
    ...(commanded !== undefined && { commanded }),
    ...(published !== undefined && { published }),
    ...(atAgent !== undefined && { atAgent }),
  };
};

describe('the stages from a report to its command', () => {
  it('have a median each, of those that came as far', () => {
    const courses = [course([1, 2, 3, 4, 5]), course([3, 4, 5, 6, 7]), course([2, 9])];
    expect(computeStages(courses)).toEqual({ medians: [2, 4, 4, 5, 6], whole: 20, p95: 25 });
  });

  it('are unknown where nothing came through', () => {
    expect(computeStages([course([])])).toEqual({
      medians: [undefined, undefined, undefined, undefined, undefined],
      whole: undefined,
      p95: undefined,
    });
  });
});
