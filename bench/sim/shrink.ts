import { FAULT_CLASSES, type FaultClass } from '../../test/simulation/plan.ts';
import { runSeed } from '../../test/simulation/run-seed.ts';

/** What of all that goes wrong in a run it takes for it to fail: each is left out in turn, and stays out where it fails all the same. */
export async function shrink(seed: number): Promise<FaultClass[]> {
  const left = new Set<FaultClass>();
  for (const one of FAULT_CLASSES) {
    const { violations } = await runSeed(seed, { left: new Set([...left, one]) });
    if (violations.length > 0) left.add(one);
  }
  return FAULT_CLASSES.filter((one) => !left.has(one));
}
