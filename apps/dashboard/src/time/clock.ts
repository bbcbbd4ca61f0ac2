import { signal } from '@preact/signals';

const TICK_MS = 1000;
/** The header has whole seconds, and an answer takes a moment. */
const TOLERATED_MS = 2000;

let offsetMs = 0;
const read = (): number => Date.now() + offsetMs;

/** The orchestrator's time, once a second. What shows how long ago something was reads it, and nothing else is drawn anew. */
export const now = signal(read());

/** Follows the orchestrator's clock where the one of this machine differs: its times are what is shown. */
export function correctClock(date: string | null): void {
  const serverMs = Date.parse(date ?? '');
  if (Number.isNaN(serverMs) || Math.abs(serverMs - read()) < TOLERATED_MS) return;
  offsetMs = serverMs - Date.now();
  now.value = read();
}

/** Ticks while the page can be seen. */
export function startClock(): () => void {
  const tick = (): void => {
    if (!document.hidden) now.value = read();
  };
  const timer = setInterval(tick, TICK_MS);
  document.addEventListener('visibilitychange', tick);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', tick);
  };
}
