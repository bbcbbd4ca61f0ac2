import { runSeed } from '../../test/simulation/run-seed.ts';
import { SABOTAGES } from '../../test/simulation/sabotages.ts';
import { SOUND } from '../../test/simulation/wiring.ts';

/** A stretch of seeds to run. */
export interface Assignment {
  readonly from: number;
  readonly to: number;
  readonly sabotage?: string | undefined;
}

process.once('disconnect', () => process.exit());

// A process of its own, as everything of it is given another clock.
process.on('message', ({ from, to, sabotage }: Assignment) => {
  void run(from, to, sabotage);
});

async function run(from: number, to: number, sabotage: string | undefined): Promise<void> {
  const wiring = SABOTAGES.find(({ name }) => name === sabotage)?.wiring ?? SOUND;
  for (let seed = from; seed <= to; seed++) process.send?.(await runSeed(seed, { wiring }));
  process.send?.('done');
}
