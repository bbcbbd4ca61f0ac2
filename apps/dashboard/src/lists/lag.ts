/** What an answer lacks: an event at this position, which was there at this time already. */
export interface Lag {
  position: number;
  sinceMs: number;
}

interface Answer {
  /** What it reflects. */
  seen: number;
  /** What it should. */
  wanted: number;
  askedAtMs: number;
}

/** What is still lacking after an answer; undefined when it is current. */
export function lagAfter(lag: Lag | undefined, { seen, wanted, askedAtMs }: Answer): Lag | undefined {
  if (seen >= wanted) return undefined;
  if (lag !== undefined && seen < lag.position) return lag;
  // It came along; what it lacks now may have come while it was asked for.
  return { position: wanted, sinceMs: askedAtMs };
}
