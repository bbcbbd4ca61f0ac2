/** When what goes one way through a proxy arrives. */
export interface Pace {
  /** Bytes arrive so much later. */
  readonly latencyMs: number;
  /** And by up to so much more. */
  readonly jitterMs: number;
  readonly bytesPerSecond: number;
}

/** Says when each piece of one flow is due: never before the one that came before it, or bytes would change places. */
export class FlowPace {
  private lastDueAt = 0;

  /** @param random a number from 0 up to and without 1 */
  constructor(private readonly random: () => number) {}

  dueAt(nowMs: number, bytes: number, { latencyMs, jitterMs, bytesPerSecond }: Pace): number {
    const arrival = nowMs + latencyMs + jitterMs * this.random();
    this.lastDueAt = Math.max(arrival, this.lastDueAt) + (bytes / bytesPerSecond) * 1_000;
    return this.lastDueAt;
  }

  /** What is late by now no longer keeps anything back. */
  forget(): void {
    this.lastDueAt = 0;
  }
}
