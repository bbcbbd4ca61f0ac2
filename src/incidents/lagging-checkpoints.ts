import type { ReaderCheckpoints } from '#libs/event-store';

/** Stores progress only up to what is safe, while the reader goes ahead: after a crash the rest is read again. */
export class LaggingCheckpoints implements ReaderCheckpoints {
  constructor(
    private readonly checkpoints: ReaderCheckpoints,
    /** Position of the oldest event that isn't done with; `undefined` when all are. */
    private readonly oldestUndone: () => number | undefined,
  ) {}

  load(name: string): Promise<number> {
    return this.checkpoints.load(name);
  }

  advance(name: string, from: number, to: number): Promise<boolean> {
    return this.checkpoints.advance(name, from, to);
  }

  findSafe(position: number): number {
    return Math.min(position, (this.oldestUndone() ?? Infinity) - 1);
  }
}
