import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SeedOutcome } from '../../test/simulation/run-seed.ts';
import type { Assignment } from './seeds.main.ts';

export interface SeedsOptions {
  readonly from: number;
  readonly count: number;
  readonly workers: number;
  readonly sabotage?: string | undefined;
  /** Told of each run, in the order in which they end; whether that is enough. */
  readonly onOutcome: (outcome: SeedOutcome) => boolean;
}

/** A process that has run so many asks for the next ones. */
const AT_ONCE = 20;
const LOADER = [
  '--disable-warning=ExperimentalWarning',
  '--conditions=source',
  '--import',
  fileURLToPath(new URL('../../scripts/typescript-loader.mjs', import.meta.url)),
];
const PROGRAM = fileURLToPath(new URL('seeds.main.ts', import.meta.url));

/** Runs seeds in processes of their own, until all have ended or it is enough. */
export async function runSeeds({ onOutcome, workers: count, ...what }: SeedsOptions): Promise<void> {
  const stretches = listStretches(what);
  const workers = Array.from({ length: Math.min(count, stretches.length) }, () => fork(PROGRAM, { execArgv: LOADER }));
  try {
    await new Promise<void>((resolve, reject) => {
      let busy = workers.length;
      for (const worker of workers) {
        const assign = (): void => {
          const next = stretches.shift();
          if (next !== undefined) worker.send(next);
          else if (--busy === 0) resolve();
        };
        worker.on('message', (said: SeedOutcome | 'done') => {
          if (said === 'done') assign();
          else if (onOutcome(said)) resolve();
        });
        worker.on('exit', (code) => reject(new Error(`a process that runs seeds ended with ${String(code)}`)));
        assign();
      }
    });
  } finally {
    for (const worker of workers) worker.kill('SIGKILL');
  }
}

function listStretches({ from, count, sabotage }: Pick<SeedsOptions, 'from' | 'count' | 'sabotage'>): Assignment[] {
  const starts = Array.from({ length: Math.ceil(count / AT_ONCE) }, (_, index) => from + index * AT_ONCE);
  return starts.map((start) => ({ from: start, to: Math.min(start + AT_ONCE, from + count) - 1, sabotage }));
}
