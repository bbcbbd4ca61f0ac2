/** @machine alone */
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SeedWorkers } from '../bench/sim/seed-workers.ts';
import { countWorlds, RARE } from './simulation/judge/occurrences.ts';
import type { SeedOutcome } from './simulation/run-seed.ts';
import { findBreach, type Sabotage, SABOTAGES } from './simulation/sabotages.ts';

/** `npm run sim` takes as many as it is told, and others each time. */
const SEEDS = 2_000;
const FIRST = 1;
/** Beside those, so that what is sound and what is not are shown by different ones. */
const ELSEWHERE = 100_000;
const SOON = 600;
const A_HANDFUL = 5;

const DIGESTED = 20;

interface Runs {
  readonly from?: number;
  readonly sabotage?: Sabotage;
}

/** With a sabotage only until it is found. */
async function run(workers: SeedWorkers, count: number, { from = FIRST, sabotage }: Runs = {}): Promise<SeedOutcome[]> {
  const outcomes: SeedOutcome[] = [];
  const onOutcome = (outcome: SeedOutcome): boolean => {
    outcomes.push(outcome);
    return sabotage !== undefined && findBreach(sabotage, outcome.violations) !== undefined;
  };
  await workers.run({ from, count, sabotage: sabotage?.name, onOutcome });
  return outcomes;
}

describe('simulated worlds', () => {
  let workers: SeedWorkers;
  beforeAll(() => {
    workers = new SeedWorkers(availableParallelism());
  });
  afterAll(() => workers.stop());

  it('take the same course whenever they are run, and whichever were run before', async () => {
    const others = new SeedWorkers(1);
    try {
      const digestsFrom = async (from: number, by = workers): Promise<string[]> =>
        (await run(by, FIRST + DIGESTED - from, { from })).map(({ seed, digest }) => `${seed} ${digest}`);
      const known = new Set(await digestsFrom(FIRST));
      expect(known.size).toBe(DIGESTED);
      // A world with a defect leaves nothing behind either.
      for (const sabotage of SABOTAGES) await run(workers, 1, { sabotage });
      const again = [await digestsFrom(FIRST), await digestsFrom(FIRST + 7, others), await digestsFrom(FIRST + DIGESTED - 1)];
      expect(again.map((digests) => digests.filter((one) => !known.has(one)))).toEqual([[], [], []]);
    } finally {
      others.stop();
    }
  }, 240_000);

  it(`break no law, ${SEEDS} of ${SEEDS}`, async () => {
    const outcomes = await run(workers, SEEDS);
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
      const violations = (await run(workers, SOON, { from: ELSEWHERE, sabotage })).flatMap((outcome) => outcome.violations);
      expect(findBreach(sabotage, violations)).toBeDefined();
      // It is the product that has to go wrong, and not the sabotage.
      expect(violations.filter((violation) => violation.includes('TypeError'))).toEqual([]);
    },
    300_000,
  );
});
