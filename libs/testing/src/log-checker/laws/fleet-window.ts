/** What was done within a while, in the order of time. What leaves it is never looked at again, however long the log is. */
export class FleetWindow {
  private readonly entries: { target: string; atMs: number }[] = [];
  private first = 0;
  private readonly counts = new Map<string, number>();

  add(target: string, atMs: number): void {
    this.entries.push({ target, atMs });
    this.counts.set(target, (this.counts.get(target) ?? 0) + 1);
  }

  /** Forgets what was done up to this time. */
  leave(sinceMs: number): void {
    for (let entry = this.entries[this.first]; entry !== undefined && entry.atMs <= sinceMs; entry = this.entries[this.first]) {
      this.first += 1;
      const left = (this.counts.get(entry.target) ?? 0) - 1;
      if (left > 0) this.counts.set(entry.target, left);
      else this.counts.delete(entry.target);
    }
    if (this.first <= this.entries.length / 2) return;
    this.entries.splice(0, this.first);
    this.first = 0;
  }

  has(target: string): boolean {
    return this.counts.has(target);
  }

  get size(): number {
    return this.entries.length - this.first;
  }

  get targets(): number {
    return this.counts.size;
  }
}
