import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition, looking every few milliseconds. Fails with the condition's own text when it takes too long. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  { withinMs = 30_000, everyMs = 5 }: { withinMs?: number; everyMs?: number } = {},
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${condition.toString()}`);
    await sleep(everyMs);
  }
}
