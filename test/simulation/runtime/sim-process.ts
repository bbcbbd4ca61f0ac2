/** A program of the simulated world: what it still has to do is done only while it lives, and never while it is paused. */
export class SimProcess {
  isAlive = true;
  /** Before this moment nothing of it runs. */
  resumesAtMs = 0;
  /** How wrong the wall clock of its machine is. */
  wallClockOffsetMs = 0;

  constructor(readonly name: string) {}

  /** Of two pauses that overlap the longer one counts. */
  pauseUntil(moment: number): void {
    this.resumesAtMs = Math.max(this.resumesAtMs, moment);
  }

  /** All that it had in memory and under way is gone. */
  kill(): void {
    this.isAlive = false;
  }
}
