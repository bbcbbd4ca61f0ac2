import type { ChildProcess } from 'node:child_process';
import type { SeedOutcome } from '../../test/simulation/run-seed.ts';
import { askProgram, startProgramToAsk } from '../report/ask-program.ts';
import type { Assignment } from './seeds.main.ts';

export interface SeedsOptions {
  readonly from: number;
  readonly count: number;
  readonly sabotage?: string | undefined;
  /** Told of each run, in the order in which they end; whether that is enough. */
  readonly onOutcome: (outcome: SeedOutcome) => boolean;
}

const PROGRAM = new URL('seeds.main.ts', import.meta.url);

/** Processes that run seeds, one after the other for whoever asks: to load one takes as long as dozens of worlds. */
export class SeedWorkers {
  private readonly workers: readonly ChildProcess[];

  constructor(count: number) {
    this.workers = Array.from({ length: count }, () => startProgramToAsk(PROGRAM));
  }

  /** Until all have ended, or it is enough; then nothing of it runs any more. */
  async run({ from, count, sabotage, onOutcome }: SeedsOptions): Promise<void> {
    let next = from;
    let isOver = false;
    const work = async (worker: ChildProcess): Promise<void> => {
      while (!isOver && next < from + count) {
        const outcome = await askProgram<SeedOutcome>(worker, { seed: next++, sabotage } satisfies Assignment);
        isOver ||= onOutcome(outcome);
      }
    };
    const ends = await Promise.allSettled(this.workers.map((worker) => work(worker).catch(giveUp)));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;

    function giveUp(error: unknown): never {
      isOver = true;
      throw error;
    }
  }

  stop(): void {
    for (const worker of this.workers) worker.kill('SIGKILL');
  }
}
