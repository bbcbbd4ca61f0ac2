import type { Command, ControlState } from '#libs/contracts';
import type { MonotonicClock } from '../monotonic-clock.ts';

/** `unknown`: none was verified yet. `stale`: the last `running` is too old to act upon. */
export type ControlStatus = 'unknown' | 'running' | 'stopped' | 'stale';

/** A stored state may be old, so it tells what was said, but not that somebody is still saying it. */
export type ControlOrigin = 'live' | 'stored';

const FRESH_MS = 10_000;
/** One minute of heartbeats. */
const KEPT_OFFSETS = 30;

/**
 * Follows the signed control state (its signature is verified before it gets here). It is the agent's licence to act, and its
 * clock: the wall clock of the agent's machine may be an hour off, so the orchestrator's time is estimated as the latest
 * `issued_at` plus the own monotonic time since. The best of the last heartbeats counts, the one that travelled fastest; the
 * estimate is thus late by that one's way at most, and a heartbeat that was held up on its way is seen to be old.
 */
export class ControlWatch {
  private last: ControlState | undefined;
  private freshUntilMs = -Infinity;
  private offsets: number[] = [];

  constructor(private readonly clock: MonotonicClock) {}

  /** Takes a verified state; false when it is from another log, repeated, or older than the last. */
  accept(state: ControlState, origin: ControlOrigin): boolean {
    if (this.last !== undefined && (state.log_id !== this.last.log_id || !isNewer(state, this.last))) return false;
    const issuedMs = Date.parse(state.issued_at);
    if (!Number.isFinite(issuedMs)) return false;
    this.last = state;
    this.offsets = [...this.offsets, issuedMs - this.clock.nowMs()].slice(-KEPT_OFFSETS);
    if (origin === 'live') this.freshUntilMs = issuedMs - this.bestOffset() + FRESH_MS;
    return true;
  }

  status(): ControlStatus {
    if (this.last === undefined) return 'unknown';
    if (this.last.state === 'stopped') return 'stopped';
    return this.clock.nowMs() < this.freshUntilMs ? 'running' : 'stale';
  }

  /** Whether everything, or the service or the strategy of this command, is stopped by the last word that was heard. */
  isStopped({ target, strategy }: Pick<Command, 'target' | 'strategy'>): boolean {
    const { last } = this;
    if (last === undefined) return false;
    const isListed = last.stopped_services.includes(target.service_id) || last.stopped_strategies.includes(strategy);
    return isListed || last.state === 'stopped';
  }

  /** The orchestrator's time; `undefined` until a control state was verified. */
  orchestratorNowMs(): number | undefined {
    return this.last === undefined ? undefined : this.clock.nowMs() + this.bestOffset();
  }

  get logId(): string | undefined {
    return this.last?.log_id;
  }

  private bestOffset(): number {
    return Math.max(...this.offsets);
  }
}

/**
 * The version of the control stream decides first: a replica that lags behind must not lift a stop with an older one, and a stop
 * must get through although the sequence, which is taken from a clock, went back.
 */
const isNewer = (state: ControlState, last: ControlState): boolean =>
  state.version === last.version ? state.sequence > last.sequence : state.version > last.version;
