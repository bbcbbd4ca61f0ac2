import type { ReaderCheckpoints } from '#libs/event-store';

/** Stores progress only up to what is safe, while the reader goes ahead: after a crash the rest is read again. */
export class LaggingCheckpoints implements ReaderCheckpoints {
  private stored = 0;

  constructor(
    private readonly checkpoints: ReaderCheckpoints,
    /** Position of the oldest event that isn't done with; `undefined` when all are. */
    private readonly oldestUndone: () => number | undefined,
  ) {}

  async load(name: string): Promise<number> {
    this.stored = await this.checkpoints.load(name);
    return this.stored;
  }

  async advance(name: string, _from: number, to: number): Promise<boolean> {
    const undone = this.oldestUndone();
    const safe = undone === undefined ? to : Math.min(to, undone - 1);
    if (safe <= this.stored) return true;
    if (!(await this.checkpoints.advance(name, this.stored, safe))) return false;
    this.stored = safe;
    return true;
  }
}
