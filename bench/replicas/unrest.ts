import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '#libs/testing';
import type { Program } from '../installation/program.ts';

export interface UnrestOptions {
  readonly random: Random;
  /** The longest pause, in milliseconds; without one all is quiet. */
  readonly longestPauseMs: number;
  readonly signal: AbortSignal;
}

/** What was done to orchestrators. */
export interface Unrest {
  readonly pauses: number;
  /** In all, in milliseconds. */
  readonly pausedMs: number;
  readonly kills: number;
  readonly stops: number;
}

/** An orchestrator is left alone for so long at least, and at most three times as long. */
const LEAST_REST_MS = 4_000;
const LEAST_PAUSE_MS = 500;
const LONGEST_ABSENCE_MS = 3_000;
/** Of what happens to one; the rest are stops in order. */
const [PAUSES, KILLS] = [0.6, 0.25];

/** Pauses, kills and stops one orchestrator again and again, until the signal; then it runs. */
export async function disturb(program: Program, { random, longestPauseMs, signal }: UnrestOptions): Promise<Unrest> {
  const done = { pauses: 0, pausedMs: 0, kills: 0, stops: 0 };
  const rest = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);
  while (!signal.aborted) {
    await rest(LEAST_REST_MS * (1 + 2 * random.fraction()));
    const [what, share] = [random.fraction(), random.fraction()];
    if (signal.aborted) return done;
    if (what < PAUSES) {
      const beganAtMs = performance.now();
      program.pause();
      await rest(Math.max(LEAST_PAUSE_MS, longestPauseMs * share));
      program.resume();
      done.pauses += 1;
      done.pausedMs += performance.now() - beganAtMs;
    } else {
      const isKill = what < PAUSES + KILLS;
      await (isKill ? program.kill() : program.stop());
      await rest(LONGEST_ABSENCE_MS * share);
      await program.start();
      if (isKill) done.kills += 1;
      else done.stops += 1;
    }
  }
  return done;
}
