import { describe, expect, it } from '@jest/globals';
import { CALAMITIES, CALAMITY_NAMES, planChaos } from './chaos-plan.ts';

describe('the plan of chaos', () => {
  it('is the same for a seed, and another one for another', () => {
    expect(planChaos({ minutes: 3, seed: 1 })).toEqual(planChaos({ minutes: 3, seed: 1 }));
    expect(planChaos({ minutes: 3, seed: 1 })).not.toEqual(planChaos({ minutes: 3, seed: 2 }));
  });

  it('leaves a quarter of the periods quiet', () => {
    const periods = planChaos({ minutes: 10, seed: 3 }).map(({ atMs }) => Math.floor(atMs / 10_000));
    expect(new Set(periods).size).toBe(45);
  });

  it('has every kind within a few minutes, none longer than it may last', () => {
    const plan = planChaos({ minutes: 3, seed: 4 });
    expect(new Set(plan.map(({ name }) => name)).size).toBe(CALAMITY_NAMES.length);
    expect(plan.filter(({ name, lastsMs }) => lastsMs > CALAMITIES[name])).toEqual([]);
  });
});
