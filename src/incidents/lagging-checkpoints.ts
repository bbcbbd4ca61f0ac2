import type { ReaderCheckpoints } from '#libs/event-store';

/** Stores progress only up to what is safe, while the reader goes ahead: after a crash the rest is read again. */
export class LaggingCheckpoints implements ReaderCheckpoints {
  private stored = 0;
  /** Up to where the reader says that it is done. */
  private handled = 0;

  constructor(
    private readonly checkpoints: ReaderCheckpoints,
    /** Position of the oldest event that isn't done with; `undefined` when all are. */
    private readonly oldestUndone: () => number | undefined,
  ) {}

  async load(name: string): Promise<number> {
    this.stored = await this.checkpoints.load(name);
    this.handled = this.stored;
    return this.stored;
  }

  advance(name: string, _from: number, to: number): Promise<boolean> {
    this.handled = to;
    return this.store(name);
  }

  /** What was undone may be done with by now, and the reader, to which nothing new comes, would never ask again. */
  async catchUp(name: string): Promise<void> {
    await this.store(name);
  }

  private async store(name: string): Promise<boolean> {
    const undone = this.oldestUndone();
    const safe = undone === undefined ? this.handled : Math.min(this.handled, undone - 1);
    if (safe <= this.stored) return true;
    if (!(await this.checkpoints.advance(name, this.stored, safe))) return false;
    this.stored = safe;
    return true;
  }
}
