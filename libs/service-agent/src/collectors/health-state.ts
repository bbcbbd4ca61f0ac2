import type { ServiceState } from '#libs/contracts';

export interface HealthThresholds {
  /** Failed checks running that make it unhealthy. */
  readonly unhealthyAfter: number;
  /** Good checks running that make it healthy again. */
  readonly healthyAfter: number;
  /** While it starts, failed checks say nothing for so long. */
  readonly startGraceMs: number;
}

/** What is known of one service. `stale` isn't a state of the service but of its checker, and is told by the monitor. */
export interface HealthState {
  readonly state: Exclude<ServiceState, 'stale'>;
  readonly sinceMs: number;
  readonly consecutiveFailures: number;
  readonly consecutiveSuccesses: number;
}

export type HealthObservation = 'starting' | 'exited' | 'check-passed' | 'check-failed';

export const initialHealth = (nowMs: number): HealthState => ({
  state: 'starting',
  sinceMs: nowMs,
  consecutiveFailures: 0,
  consecutiveSuccesses: 0,
});

/** One observation further. Hysteresis: one odd check changes nothing. */
export function observeHealth(
  health: HealthState,
  observation: HealthObservation,
  thresholds: HealthThresholds,
  nowMs: number,
): HealthState {
  switch (observation) {
    case 'starting':
      return initialHealth(nowMs);
    case 'exited':
      return enter(health, 'stopped', nowMs, { consecutiveSuccesses: 0 });
    case 'check-passed': {
      // An answer on the port of a process that has ended is somebody else's.
      if (health.state === 'stopped') return health;
      const passed = { ...health, consecutiveFailures: 0, consecutiveSuccesses: health.consecutiveSuccesses + 1 };
      return passed.consecutiveSuccesses >= thresholds.healthyAfter ? enter(passed, 'healthy', nowMs) : passed;
    }
    case 'check-failed': {
      const failed = { ...health, consecutiveFailures: health.consecutiveFailures + 1, consecutiveSuccesses: 0 };
      if (health.state === 'stopped') return failed;
      if (health.state === 'starting' && nowMs - health.sinceMs < thresholds.startGraceMs) return failed;
      return failed.consecutiveFailures >= thresholds.unhealthyAfter ? enter(failed, 'unhealthy', nowMs) : failed;
    }
  }
}

function enter(health: HealthState, state: HealthState['state'], nowMs: number, over: Partial<HealthState> = {}): HealthState {
  return { ...health, ...over, state, sinceMs: health.state === state ? health.sinceMs : nowMs };
}

export const isFailing = ({ state }: HealthState): boolean => state === 'unhealthy' || state === 'stopped';
