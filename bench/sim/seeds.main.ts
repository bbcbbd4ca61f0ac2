import { runSeed } from '../../test/simulation/run-seed.ts';
import { SABOTAGES } from '../../test/simulation/sabotages.ts';
import { SOUND } from '../../test/simulation/wiring.ts';

/** One world to run. */
export interface Assignment {
  readonly seed: number;
  readonly sabotage?: string | undefined;
}

process.once('disconnect', () => process.exit());

// A process of its own, as everything of it is given another clock.
process.on('message', ({ seed, sabotage }: Assignment) => {
  void run(seed, sabotage);
});

async function run(seed: number, sabotage: string | undefined): Promise<void> {
  const wiring = SABOTAGES.find(({ name }) => name === sabotage)?.wiring ?? SOUND;
  process.send?.(await runSeed(seed, { wiring }));
}
