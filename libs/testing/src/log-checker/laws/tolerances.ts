import type { CheckFrame } from '../evidence.ts';

/** What the clocks of orchestrator and database may differ by. A limit of time is broken only where it is by more than this. */
export const CLOCKS_MS = 5_000;

/** The same, and what the database's clock was set back, which processes of ours don't follow at once. */
export const computeClockTolerance = ({ options: { clockSetBackMs = 0 } }: Pick<CheckFrame, 'options'>): number =>
  CLOCKS_MS + clockSetBackMs;

/**
 * Between a look at something and the append that rests on it: a probe takes its time, and a process may stand still meanwhile.
 * What the append was no condition for may have changed since.
 */
export const LOOKED_WITHIN_MS = 45_000;
