const MOST_REMEMBERED = 10_000;

/**
 * How often the handler crashed on each message. Kept here and not read from the broker's delivery count, which also grows
 * when a dependency is away or another process dies.
 */
export class CrashCounts {
  private readonly counts = new Map<string, number>();

  /** Counts one more crash and returns the total. */
  add(key: string): number {
    const total = (this.counts.get(key) ?? 0) + 1;
    this.counts.delete(key);
    this.counts.set(key, total);
    if (this.counts.size > MOST_REMEMBERED) this.forget(this.counts.keys().next().value ?? key);
    return total;
  }

  forget(key: string): void {
    this.counts.delete(key);
  }
}
