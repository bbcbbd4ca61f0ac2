/** What one agent did and knew; moments in milliseconds of one clock. */
export interface AgentCourse {
  readonly effectsAtMs: readonly number[];
  readonly stoppedAtMs: number | undefined;
}

export interface StopCourse {
  /** Until then nothing was broken. */
  readonly flowedUntilMs: number;
  /** When the first byte of the request to stop went out. */
  readonly askedAtMs: number;
  readonly agents: readonly AgentCourse[];
}

export interface StopOutcome {
  /** Effects in the last half second before anything was broken, for a second. */
  readonly perSecond: number;
  /** From the request to the last effect anywhere, at least 0. */
  readonly lastEffectMs: number;
  /** From the request until the last agent knew; `undefined` where one never did. */
  readonly lastKnownMs: number | undefined;
  /** Effects of agents that knew already that everything is stopped. */
  readonly afterKnown: number;
}

export function judgeStop({ flowedUntilMs, askedAtMs, agents }: StopCourse): StopOutcome {
  const effects = agents.flatMap(({ effectsAtMs }) => effectsAtMs);
  const known = agents.map(({ stoppedAtMs }) => stoppedAtMs ?? Infinity);
  const lastKnownMs = Math.max(...known) - askedAtMs;
  return {
    perSecond: 2 * effects.filter((atMs) => atMs <= flowedUntilMs && atMs > flowedUntilMs - 500).length,
    lastEffectMs: Math.max(0, ...effects.map((atMs) => atMs - askedAtMs)),
    lastKnownMs: Number.isFinite(lastKnownMs) ? lastKnownMs : undefined,
    afterKnown: agents.flatMap(({ effectsAtMs, stoppedAtMs = Infinity }) => effectsAtMs.filter((atMs) => atMs > stoppedAtMs))
      .length,
  };
}
