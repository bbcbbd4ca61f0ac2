import { computed, signal } from '@preact/signals';

/** The header has whole seconds, and an answer takes a moment. */
const TOLERATED_MS = 2000;

let offsetMs = 0;
/** The orchestrator's time, in this moment. */
export const readClock = (): number => Date.now() + offsetMs;

/** The orchestrator's time, once a second. What shows how long ago something was reads it, and nothing else is drawn anew. */
export const now = signal(readClock());

/** Follows the orchestrator's clock where the one of this machine differs: its times are what is shown. */
export function correctClock(date: string | null): void {
  const serverMs = Date.parse(date ?? '');
  if (Number.isNaN(serverMs) || Math.abs(serverMs - readClock()) < TOLERATED_MS) return;
  offsetMs = serverMs - Date.now();
  tick();
}

export function tick(): void {
  now.value = readClock();
}

/** The day, in the time of the log. */
export const today = computed(() => new Date(now.value).toISOString().slice(0, 10));
