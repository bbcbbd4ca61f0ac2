import { describe, expect, it } from '@jest/globals';
import { describeLife, FAILPOINT_NAMES, planLives } from './crash-plan.ts';

const plan = (action: 'kill' | 'throw', seed = 1) => planLives({ names: FAILPOINT_NAMES, action, each: 3, seed });

describe('the plan of crashes', () => {
  it('has each failpoint met as often as is wanted', () => {
    for (const action of ['kill', 'throw'] as const) {
      const names = plan(action)
        .flat()
        .map(({ name }) => name);
      expect(names.toSorted()).toEqual(FAILPOINT_NAMES.flatMap((name) => [name, name, name]).toSorted());
    }
  });

  it('gives each kill a life of its own, and lets a life go on after what is thrown', () => {
    expect(plan('kill')).toHaveLength(3 * FAILPOINT_NAMES.length);
    expect(plan('throw').map(({ length }) => length)).toEqual([
      FAILPOINT_NAMES.length,
      FAILPOINT_NAMES.length,
      FAILPOINT_NAMES.length,
    ]);
  });

  it('is the same for a seed, and another one for another', () => {
    expect(plan('kill', 7)).toEqual(plan('kill', 7));
    expect(plan('kill', 7)).not.toEqual(plan('kill', 8));
  });

  it('is told as the orchestrator reads it', () => {
    const [first] = planLives({ names: ['log.committed', 'timer.due'], action: 'pause', each: 1, seed: 1 });
    expect(describeLife(first ?? [])).toMatch(/^log\.committed=pause@\d+,timer\.due=pause@\d+$/);
  });
});
