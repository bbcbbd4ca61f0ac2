/** A moment on a monotonic clock. Moments of different epochs can't be compared: the machine restarted in between. */
export interface Instant {
  readonly epoch: string;
  readonly ms: number;
}

/** Time that only moves forward. No decision of an agent reads the wall clock. */
export interface MonotonicClock {
  /** Names the run of the machine that the milliseconds count from. */
  readonly epoch: string;
  nowMs(): number;
}

/** How long ago; `undefined` when the moment belongs to another epoch, or lies in the future and so can't be trusted. */
export function computeAgeMs(clock: MonotonicClock, moment: Instant): number | undefined {
  const ageMs = clock.nowMs() - moment.ms;
  return moment.epoch === clock.epoch && ageMs >= 0 ? ageMs : undefined;
}
