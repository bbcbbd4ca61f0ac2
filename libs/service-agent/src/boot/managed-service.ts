import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MonotonicClock } from '#libs/agent-core';
import { type ProbeOutcome, probeHttp } from '../collectors/http-health/http-probe.ts';
import { ServiceMonitor, type Symptom } from '../collectors/service-monitor.ts';
import { RestartChildProcess } from '../executors/child-process/restart-child-process.ts';
import type { ManagedTarget } from '../executors/command-runner.ts';
import type { Executor } from '../executors/executor.ts';
import { type AgentLog, describeError } from '../runtime/agent-log.ts';
import { decideInitialStep } from '../runtime/initial-start.ts';
import { boundLog } from '../runtime/log-tail.ts';
import { SupervisedProcess } from '../runtime/supervised-process.ts';
import type { ServiceConfig } from './config.schema.ts';
import { readInheritedEnvironment } from './environment.ts';

export interface ManagedServiceContext {
  readonly stateDir: string;
  readonly clock: MonotonicClock;
  readonly log: AgentLog;
  readonly onSymptom: (symptom: Symptom) => void;
  /** What the program around the agent can do to a service, beside what every agent can. */
  readonly executors: readonly Executor[];
  readonly onCheck: (serviceId: string, outcome: ProbeOutcome) => void;
}

/** One service of the configuration: its process, its monitor, and what may be done to it. */
export class ManagedService {
  readonly process: SupervisedProcess;
  readonly monitor: ServiceMonitor;
  readonly target: ManagedTarget;
  lastCheck: ProbeOutcome | undefined;
  readonly checks = { total: 0, failed: 0 };

  private constructor(
    readonly config: ServiceConfig,
    directory: string,
    private readonly context: ManagedServiceContext,
  ) {
    const { process: child, health, restart } = config;
    this.process = new SupervisedProcess({
      serviceId: config.id,
      spec: {
        command: child.command,
        args: child.args,
        cwd: child.cwd,
        env: child.env,
        inheritEnv: child.inherit_env,
      },
      inheritedEnv: readInheritedEnvironment(child.inherit_env),
      directory,
      epoch: context.clock.epoch,
    });
    this.monitor = this.createMonitor();
    this.process.onExit(() => this.monitor.processEnded());
    const executor = new RestartChildProcess({
      process: this.process,
      healthUrl: health.url,
      drainUrl: restart.drain_url,
      drainTimeoutMs: restart.drain_timeout_ms,
      readyTimeoutMs: restart.ready_timeout_ms,
      port: child.port,
      evidenceLines: child.evidence_lines,
    });
    this.target = { executors: [executor, ...context.executors], watcher: this.monitor };
  }

  static async create(config: ServiceConfig, context: ManagedServiceContext): Promise<ManagedService> {
    const directory = join(context.stateDir, 'services', config.id);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return new ManagedService(config, directory, context);
  }

  /** Finds the process of an earlier agent, or makes the first start; then watches. A start that fails is a symptom, not an end. */
  async begin(hasUnfinishedCommand: boolean): Promise<void> {
    const { wasStarted, isSameEpoch, changedParts } = this.process.adopt();
    const step = decideInitialStep({
      startOnBoot: this.config.process.start_on_boot,
      isRunning: this.process.state.state === 'running',
      wasStarted,
      isSameSpec: changedParts.length === 0,
      isSameEpoch,
      hasUnfinishedCommand,
    });
    this.context.log('info', 'the service is taken over', { service_id: this.config.id, step });
    if (step === 'adopt' && changedParts.length > 0) {
      const text = 'the service runs by an earlier configuration; the next restart applies the new one';
      this.context.log('warn', text, { service_id: this.config.id, changed: changedParts });
    }
    if (step === 'start') await this.firstStart();
    this.monitor.endAction();
    this.monitor.start();
  }

  async end(): Promise<void> {
    await this.monitor.stop();
    // One that was never taken over, because the agent's start failed, is left to the next agent.
    if (this.config.process.on_agent_stop === 'stop' && this.process.state.state !== 'none') {
      this.monitor.beginAction();
      await this.process.stop(this.config.restart.drain_timeout_ms);
      await this.process.forget();
    }
    this.process.release();
  }

  /** A log that nobody rotates must not fill the disk. */
  async boundLog(): Promise<void> {
    await boundLog(this.process.outputPath).catch((error: unknown) => {
      this.context.log('warn', 'the log of a service could not be cut', {
        service_id: this.config.id,
        error: describeError(error),
      });
    });
  }

  private async firstStart(): Promise<void> {
    try {
      await this.process.start();
    } catch (error) {
      this.context.log('error', 'the service could not be started', { service_id: this.config.id, error: describeError(error) });
    }
  }

  private createMonitor(): ServiceMonitor {
    const { id, health, restart } = this.config;
    return new ServiceMonitor({
      serviceId: id,
      thresholds: {
        unhealthyAfter: health.unhealthy_after,
        healthyAfter: health.healthy_after,
        startGraceMs: restart.ready_timeout_ms,
      },
      intervalMs: health.interval_ms,
      timeoutMs: health.timeout_ms,
      jitter: health.jitter,
      repeatMs: health.repeat_ms,
      clock: this.context.clock,
      probe: () => probeHttp({ url: health.url, timeoutMs: health.timeout_ms }),
      processState: () => this.process.state,
      onSymptom: this.context.onSymptom,
      onError: (error) => this.context.log('error', 'a check broke', { service_id: id, error: describeError(error) }),
      onCheck: (outcome) => {
        this.lastCheck = outcome;
        this.checks.total += 1;
        if (!outcome.isOk) this.checks.failed += 1;
        this.context.onCheck(id, outcome);
      },
    });
  }
}
