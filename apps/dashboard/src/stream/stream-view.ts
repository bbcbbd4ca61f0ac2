import { computed, signal } from '@preact/signals';
import { liveLog } from '../live/live-log.ts';
import { logIdentity } from '../live/log-identity.ts';
import { countAfter, type LogWindow } from '../live/log-window.ts';
import type { Kind } from '../live/kinds.ts';

/** What of the stream is shown: while somebody reads further down, or has it paused, no row moves under their eyes. */
export const kind = signal<Kind>('story');
export const isPaused = signal(false);
const isScrolledAway = signal(false);
/** The window as it was when it was held. */
const held = signal<LogWindow | undefined>(undefined);

export const rows = computed(() => (held.value ?? liveLog.window.value).rows[kind.value]);

/** How many rows wait above. */
export const waiting = computed(() =>
  held.value === undefined ? 0 : countAfter(liveLog.window.value.rows[kind.value], held.value.lastPosition),
);

function update(): void {
  const isHeld = isPaused.peek() || isScrolledAway.peek();
  if (isHeld && held.peek() === undefined) held.value = liveLog.window.peek();
  if (!isHeld) held.value = undefined;
}

export function pause(paused: boolean): void {
  isPaused.value = paused;
  update();
}

export function scrolled(isAway: boolean): void {
  if (isScrolledAway.peek() === isAway) return;
  isScrolledAway.value = isAway;
  update();
}

/** Shows what has come meanwhile; a pause goes on from there. */
export function catchUp(): void {
  isScrolledAway.value = false;
  held.value = isPaused.peek() ? liveLog.window.peek() : undefined;
}

// The rows that somebody read are gone, and with them the place in the list.
logIdentity.onChange(() => {
  isScrolledAway.value = false;
  held.value = undefined;
  update();
});
