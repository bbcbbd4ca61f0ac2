import type { ProjectionStatus } from './projection-status.ts';

const LOOK_EVERY_MS = 1_000;

/** Finds out whether the orchestrator that goes first leaves read models lying. */
export class LeftOver {
  private lookedAtMs = -Infinity;

  constructor(private readonly readStatus: () => Promise<readonly Pick<ProjectionStatus, 'state' | 'lagMs'>[]>) {}

  /** @param headStartMs how long it has for an event; 0 where nobody goes first */
  async isOurs(headStartMs: number): Promise<boolean> {
    if (headStartMs === 0) return true;
    const nowMs = performance.now();
    if (nowMs < this.lookedAtMs + LOOK_EVERY_MS) return false;
    this.lookedAtMs = nowMs;
    return (await this.readStatus()).some(({ state, lagMs }) => state === 'live' && lagMs > headStartMs);
  }
}
