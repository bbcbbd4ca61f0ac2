/** How fresh what is shown is: `live` only while the stream is heard and every list reflects it. `sinceMs`: as of when it is true. */
export type Freshness =
  { state: 'connecting' } | { state: 'live' } | { state: 'reconnecting' | 'stale' | 'behind'; sinceMs: number };

/** The orchestrator says something every 5 s, even if nothing happens. */
export const SILENCE_MS = 12_000;
/** What is cut off, or behind, may be so for a moment. */
const GRACE_MS = 5000;

const CONNECTING = { state: 'connecting' } as const;
const LIVE = { state: 'live' } as const;

export interface ConnectionState {
  isOpen: boolean;
  /** When it was cut off; undefined while nobody tries to have it back. */
  lostAtMs?: number | undefined;
  /** Undefined before anything was heard. */
  lastHeardMs?: number | undefined;
}

/** @param laggingSinceMs since when one of the lists lacks what the log has */
export function computeFreshness(connection: ConnectionState, laggingSinceMs: number | undefined, nowMs: number): Freshness {
  const { lastHeardMs } = connection;
  const isLagging = laggingSinceMs !== undefined && nowMs - laggingSinceMs > GRACE_MS;
  if (lastHeardMs === undefined) return CONNECTING;
  const sinceMs = isLagging ? Math.min(laggingSinceMs, lastHeardMs) : lastHeardMs;
  if (!isHeard(connection, nowMs)) return { state: isReturning(connection, nowMs) ? 'reconnecting' : 'stale', sinceMs };
  return isLagging ? { state: 'behind', sinceMs: laggingSinceMs } : LIVE;
}

const isRecent = (ms: number | undefined, limitMs: number, nowMs: number): boolean => ms !== undefined && nowMs - ms <= limitMs;

const isHeard = ({ isOpen, lastHeardMs }: ConnectionState, nowMs: number): boolean =>
  isOpen && isRecent(lastHeardMs, SILENCE_MS, nowMs);

const isReturning = ({ isOpen, lostAtMs, lastHeardMs }: ConnectionState, nowMs: number): boolean =>
  !isOpen && isRecent(lostAtMs, GRACE_MS, nowMs) && isRecent(lastHeardMs, SILENCE_MS, nowMs);
