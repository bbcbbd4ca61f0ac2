/** What the clocks of orchestrator and database may differ by. A limit of time is broken only where it is by more than this. */
export const CLOCKS_MS = 5_000;

/**
 * Between a look at something and the append that rests on it: a probe takes its time, and a process may stand still meanwhile.
 * What the append was no condition for may have changed since.
 */
export const LOOKED_WITHIN_MS = 45_000;
