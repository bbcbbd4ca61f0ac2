import { setTimeout as sleep } from 'node:timers/promises';

const [OFTEN_MS, SELDOM_MS] = [5, 50];
/** To look all the time would take it from what is waited for. So a wait becomes longer by a twentieth at most. */
const SHARE = 1 / 20;

/**
 * Waits for a condition. Fails with the condition's own text when it takes too long.
 *
 * @param options.everyMs between two looks; unless given it looks often at first, and the seldomer the longer it has waited
 */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  { withinMs = 30_000, everyMs }: { withinMs?: number; everyMs?: number } = {},
): Promise<void> {
  const start = performance.now();
  while (!(await condition())) {
    const passedMs = performance.now() - start;
    if (passedMs > withinMs) throw new Error(`not within ${withinMs} ms: ${condition.toString()}`);
    await sleep(everyMs ?? Math.min(SELDOM_MS, Math.max(OFTEN_MS, passedMs * SHARE)));
  }
}
