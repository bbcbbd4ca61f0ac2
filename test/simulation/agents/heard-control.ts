import type { ControlState } from '#libs/contracts';

/** So long the word that healing goes on is a licence to act. */
const LICENCE_MS = 10_000;

type Heard = Pick<ControlState, 'version' | 'sequence' | 'state' | 'stopped_services' | 'stopped_strategies'>;

/** What an agent has been told in this life, kept by the world and not by the agent's own judgement, which it is compared with. */
export class HeardControl {
  private last: Heard | undefined;
  private liveAtMs = -Infinity;

  hear(state: Heard, { isLive, nowMs }: { isLive: boolean; nowMs: number }): void {
    const { last } = this;
    const isOlder = last !== undefined && (last.version - state.version || last.sequence - state.sequence) >= 0;
    if (isOlder) return;
    this.last = state;
    if (isLive) this.liveAtMs = nowMs;
  }

  /** What speaks against an effect at this moment. */
  objectTo({ target, strategy }: { target: string; strategy: string }, nowMs: number): string | undefined {
    const { last } = this;
    if (last === undefined) return 'before anything was heard';
    if (last.state === 'stopped' || last.stopped_services.includes(target) || last.stopped_strategies.includes(strategy))
      return `after the stop of version ${last.version} was heard`;
    return nowMs < this.liveAtMs + LICENCE_MS ? undefined : 'without a licence';
  }
}
