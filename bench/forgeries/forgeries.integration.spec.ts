import { describe, expect, it } from '@jest/globals';
import { countDue, countExecuted, findFault } from './judge-forgeries.ts';
import { runForgeries } from './run-forgeries.ts';

const SEED = 1 + Math.floor(Math.random() * 2 ** 31);

describe('somebody who may publish whatever he likes to an agent', () => {
  it('has nothing carried out, while good commands among it are', async () => {
    const { attempts, evidence } = await runForgeries({ seed: SEED, each: 6, good: 4, slow: 0, say: () => undefined });
    const faults = attempts.flatMap((attempt) => findFault(attempt, evidence) ?? []);
    const good = [...evidence.good].filter((id) => evidence.started.has(id));
    expect({ seed: SEED, faults, ...countExecuted(evidence), good: good.length, counted: evidence.counted }).toEqual({
      seed: SEED,
      faults: [],
      journal: 0,
      process: 0,
      good: evidence.good.size,
      counted: countDue(attempts, evidence),
    });
    expect(attempts.length).toBeGreaterThan(180);
    expect(evidence.good.size).toBe(7);
  });
});
