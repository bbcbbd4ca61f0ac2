/** @machine alone */
import { availableParallelism } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { runSeeds } from '../bench/sim/run-seeds.ts';
import { countWorlds, RARE } from './simulation/judge/occurrences.ts';
import type { SeedOutcome } from './simulation/run-seed.ts';
import { findBreach, type Sabotage, SABOTAGES } from './simulation/sabotages.ts';

/** `npm run sim` takes as many as it is told, and others each time. */
const SEEDS = 2_000;
const FIRST = 1;
const SOON = 600;
const A_HANDFUL = 5;

interface Runs {
  readonly from?: number;
  readonly sabotage?: Sabotage;
}

/** With a sabotage only until it is found. */
async function run(count: number, { from = FIRST, sabotage }: Runs = {}): Promise<SeedOutcome[]> {
  const outcomes: SeedOutcome[] = [];
  const onOutcome = (outcome: SeedOutcome): boolean => {
    outcomes.push(outcome);
    return sabotage !== undefined && findBreach(sabotage, outcome.violations) !== undefined;
  };
  await runSeeds({ from, count, workers: availableParallelism(), sabotage: sabotage?.name, onOutcome });
  return outcomes;
}

describe('simulated worlds', () => {
  it('take the same course whenever they are run, and whichever were run before', async () => {
    const digestsFrom = async (from: number): Promise<string[]> =>
      (await run(FIRST + 40 - from, { from })).map(({ seed, digest }) => `${seed} ${digest}`);
    const known = new Set(await digestsFrom(FIRST));
    expect(known.size).toBe(40);
    for (const from of [FIRST, FIRST + 7, FIRST + 39]) {
      expect((await digestsFrom(from)).filter((one) => !known.has(one))).toEqual([]);
    }
  }, 240_000);

  it(`break no law, ${SEEDS} of ${SEEDS}`, async () => {
    const outcomes = await run(SEEDS);
    expect(outcomes).toHaveLength(SEEDS);
    expect(outcomes.filter(({ violations }) => violations.length > 0)).toEqual([]);
    for (const name of ['events', 'effects', 'healed'] as const) {
      expect(outcomes.reduce((sum, outcome) => sum + outcome[name], 0)).toBeGreaterThan(SEEDS / 2);
    }
    expect(RARE.filter((name) => countWorlds(outcomes, name) < A_HANDFUL)).toEqual([]);
  }, 900_000);

  it.each(SABOTAGES)(
    'show by $breaks that $what',
    async (sabotage) => {
      const violations = (await run(SOON, { sabotage })).flatMap((outcome) => outcome.violations);
      expect(findBreach(sabotage, violations)).toBeDefined();
      // It is the product that has to go wrong, and not the sabotage.
      expect(violations.filter((violation) => violation.includes('TypeError'))).toEqual([]);
    },
    300_000,
  );
});
