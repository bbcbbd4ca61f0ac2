/** Steps are this share of the time at most, */
const SHARE = 0.25;
/** and never further apart than this, in milliseconds. */
const LONGEST_MS = 250;

/**
 * How far steps are apart, by what they cost: a step has a fixed price, so that on a busy machine fewer and larger ones leave more of it
 * to others.
 */
export class StepPace {
  private tookMs = 0;

  /** @param shortestMs how far steps are apart at least, in milliseconds */
  constructor(private readonly shortestMs: number) {}

  /** Takes a step, and remembers how long it took. */
  async take<T>(step: () => Promise<T>): Promise<T> {
    const beganAtMs = performance.now();
    try {
      return await step();
    } finally {
      this.tookMs = performance.now() - beganAtMs;
    }
  }

  /** From the beginning of one step to that of the next, in milliseconds. */
  get minStepMs(): number {
    return Math.min(LONGEST_MS, Math.max(this.shortestMs, this.tookMs / SHARE));
  }
}
