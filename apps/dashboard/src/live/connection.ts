/** How fresh the page is: `reconnecting` while it may be a matter of seconds, then `stale` since it was cut off. */
export type Freshness = { state: 'connecting' } | { state: 'live' } | { state: 'reconnecting' | 'stale'; sinceMs: number };

const STALE_AFTER_MS = 5000;

export interface ConnectionState {
  isOpen: boolean;
  /** When it was cut off; undefined before it was there. */
  lostAtMs: number | undefined;
}

export function computeFreshness({ isOpen, lostAtMs }: ConnectionState, nowMs: number): Freshness {
  if (isOpen) return { state: 'live' };
  if (lostAtMs === undefined) return { state: 'connecting' };
  return { state: nowMs - lostAtMs > STALE_AFTER_MS ? 'stale' : 'reconnecting', sinceMs: lostAtMs };
}
