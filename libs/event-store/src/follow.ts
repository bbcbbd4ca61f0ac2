import { computeBackOffMs } from './back-off.ts';
import { WakeUp } from './wake-up.ts';

/** Calls the listener when there may be something new. Returns how to leave. */
export type WakeUpSource = (listener: () => void) => () => void;

export interface FollowOptions {
  /** Takes in the next stretch of the log; resolves to false when there is nothing to be had for now. */
  readonly step: () => Promise<boolean>;
  /** Hears every failure; the follower goes on trying by itself. */
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
  readonly wakeUps: readonly WakeUpSource[];
  /** How long to wait for a wake-up before looking again, asked each time; a second unless told. */
  readonly pollMs?: () => number;
  /** Who isn't behind takes the next step no sooner after the one before: what comes in this time is taken in together. */
  readonly minStepMs?: () => number;
}

export interface Subscription {
  /** Resolves once the signal was given and the last step has ended. */
  readonly stopped: Promise<void>;
}

const RETRY = { firstMs: 50, maxMs: 5_000 };

/**
 * Takes step after step as the log grows. Wake-ups make it quick, polling makes it sure. A step that fails is tried again for ever
 * with back-off, because going on would skip an event.
 */
export function follow(options: FollowOptions): Subscription {
  const wakeUp = new WakeUp(options.signal);
  const leave = options.wakeUps.map((source) => source(wakeUp.wake));
  const stopped = run(options, wakeUp).finally(() => {
    for (const off of leave) off();
  });
  return { stopped };
}

async function run(
  { step, signal, onError, pollMs = (): number => 1_000, minStepMs = (): number => 0 }: FollowOptions,
  wakeUp: WakeUp,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    wakeUp.clear();
    const startedAt = performance.now();
    try {
      const isBehind = await step();
      failures = 0;
      if (isBehind) continue;
      await wakeUp.wait(pollMs());
      const early = startedAt + minStepMs() - performance.now();
      if (early > 0) await wakeUp.rest(early);
    } catch (error) {
      failures += 1;
      onError(error);
      await wakeUp.rest(computeBackOffMs(failures, RETRY));
    }
  }
}
