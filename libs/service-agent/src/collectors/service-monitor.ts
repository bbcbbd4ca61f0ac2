import type { HeartbeatService } from '#libs/contracts';
import type { MonotonicClock } from '#libs/agent-core';
import type { ProcessExit, ProcessState } from '../runtime/supervised-process.ts';
import { CheckLoop } from './check-loop.ts';
import { type HealthState, type HealthThresholds, initialHealth, isFailing, observeHealth } from './health-state.ts';
import type { ProbeOutcome } from './http-health/http-probe.ts';

/** A service that fails, as the agent saw it. */
export interface Symptom {
  readonly serviceId: string;
  readonly reason: 'exited' | 'failing';
  readonly exit?: ProcessExit;
  readonly pid?: number;
  readonly consecutiveFailures: number;
  readonly message: string;
}

export interface ServiceMonitorOptions {
  readonly serviceId: string;
  readonly thresholds: HealthThresholds;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly jitter: number;
  /** A failing service is reported again at most this often. */
  readonly repeatMs: number;
  readonly clock: MonotonicClock;
  readonly probe: () => Promise<ProbeOutcome>;
  readonly processState: () => ProcessState;
  readonly onSymptom: (symptom: Symptom) => void;
  readonly onError: (error: unknown) => void;
  readonly onCheck?: (outcome: ProbeOutcome) => void;
}

/** Watches one service: its checks, the end of its process, and what of it is reported. */
export class ServiceMonitor {
  private health: HealthState;
  private lastCheckMs: number;
  private lastReportMs = -Infinity;
  private lastMessage = '';
  /** While a command acts, the service's end is the command's doing. */
  private isHeld = false;
  private readonly loop: CheckLoop;

  constructor(private readonly options: ServiceMonitorOptions) {
    this.health = initialHealth(options.clock.nowMs());
    this.lastCheckMs = options.clock.nowMs();
    const { intervalMs, jitter, onError } = options;
    this.loop = new CheckLoop({ intervalMs, jitter, check: () => this.check(), onError });
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** The process has ended, seen at once. */
  processEnded(): void {
    if (!this.isHeld) this.observe('exited');
  }

  beginAction(): void {
    this.isHeld = true;
    this.observe('starting');
  }

  /** Whatever the action came to, the next observations count again. */
  endAction(): void {
    this.isHeld = false;
    if (this.options.processState().state === 'exited') this.observe('exited');
  }

  describe(): HeartbeatService {
    const { clock, serviceId, processState } = this.options;
    const current = processState();
    const { state, sinceMs, consecutiveFailures } = this.health;
    return {
      service_id: serviceId,
      state: this.isStale() ? 'stale' : state,
      since_ms: clock.nowMs() - sinceMs,
      consecutive_failures: consecutiveFailures,
      ...(current.state === 'running' ? { pid: current.pid } : {}),
    };
  }

  /** The checker itself stopped: what it last said is worth nothing. */
  private isStale(): boolean {
    const { clock, intervalMs, timeoutMs } = this.options;
    return clock.nowMs() - this.lastCheckMs > 3 * intervalMs + timeoutMs;
  }

  private async check(): Promise<void> {
    const outcome = await this.options.probe();
    this.lastCheckMs = this.options.clock.nowMs();
    this.options.onCheck?.(outcome);
    if (!outcome.isOk) this.lastMessage = outcome.message;
    if (!this.isHeld) this.observe(outcome.isOk ? 'check-passed' : 'check-failed');
  }

  private observe(observation: Parameters<typeof observeHealth>[1]): void {
    const { clock, thresholds, onSymptom, repeatMs } = this.options;
    const before = this.health;
    this.health = observeHealth(before, observation, thresholds, clock.nowMs());
    if (!isFailing(this.health) || this.isHeld) return;
    const isNew = this.health.state !== before.state;
    if (!isNew && (observation !== 'check-failed' || clock.nowMs() - this.lastReportMs < repeatMs)) return;
    this.lastReportMs = clock.nowMs();
    onSymptom(this.describeSymptom());
  }

  private describeSymptom(): Symptom {
    const { serviceId, processState } = this.options;
    const current = processState();
    const pid = current.state === 'none' ? undefined : current.pid;
    const { consecutiveFailures } = this.health;
    const failures = { consecutiveFailures, ...(pid === undefined ? {} : { pid }) };
    if (current.state !== 'exited') return { serviceId, reason: 'failing', message: this.lastMessage, ...failures };
    const { exit } = current;
    const how = exit.signal === undefined ? `with code ${exit.exitCode ?? 'unknown'}` : `by ${exit.signal}`;
    return { serviceId, reason: 'exited', exit, message: `the process ended ${how}`, ...failures };
  }
}
