import type { FailureCode, JsonObject } from '#libs/contracts';
import { restartService } from '#libs/fix-strategies';
import { z } from 'zod';
import { probeHttp } from '../../collectors/http-health/http-probe.ts';
import { describeError } from '../../runtime/agent-log.ts';
import type { ProcessState, SupervisedProcess } from '../../runtime/supervised-process.ts';
import type { ActionOutcome, ActionPlan, ActionRequest, DryRun, Executor } from '../executor.ts';
import { findFailureReason } from './failure-reason.ts';
import { isPortTaken } from './port-check.ts';
import { waitUntilReady } from './wait-until-ready.ts';

export interface RestartOptions {
  readonly process: SupervisedProcess;
  readonly healthUrl: string;
  /** Asked with POST before the service is stopped: take nothing new, finish what is under way. */
  readonly drainUrl: string | undefined;
  /** Most that a drain may take here, whatever the command allows. */
  readonly drainTimeoutMs: number;
  readonly readyTimeoutMs: number;
  /** The service listens here; when somebody else does, it isn't started. */
  readonly port: number | undefined;
  readonly evidenceLines: number;
}

const DeadlinesSchema = z.object({ drain_deadline_ms: z.number(), readiness_deadline_ms: z.number() });

interface Deadlines {
  readonly drainMs: number;
  readonly readyMs: number;
}

const STEPS = ['save evidence', 'drain', 'terminate', 'start', 'wait until ready'] as const;

const fail = (reasonCode: FailureCode, detail: string, evidence: JsonObject): ActionOutcome => ({
  succeeded: false,
  reasonCode,
  detail,
  evidence,
});

const describeState = (state: ProcessState): JsonObject => {
  switch (state.state) {
    case 'none':
      return { state: 'none' };
    case 'running':
      return { state: 'running', pid: state.pid };
    case 'exited':
      return { state: 'exited', exit_code: state.exit.exitCode, signal: state.exit.signal };
  }
};

/**
 * Restarts a child process: evidence, drain, SIGTERM, SIGKILL, start, ready. The drain is the point of no return: a service that
 * takes nothing new any more and is left like that would be down until somebody notices.
 */
export class RestartChildProcess implements Executor {
  readonly strategy = restartService.id;

  constructor(private readonly options: RestartOptions) {}

  plan({ parameters }: ActionRequest): ActionPlan {
    const parsed = restartService.parameters.safeParse(parameters);
    if (parsed.success) return { isPossible: true, steps: STEPS };
    const detail = parsed.error.issues[0]?.message ?? '';
    return { isPossible: false, reasonCode: 'invalid-parameters', detail };
  }

  async dryRun(): Promise<DryRun> {
    const { process, port } = this.options;
    const isForeign = process.state.state !== 'running' && port !== undefined && (await isPortTaken(port));
    return { steps: STEPS, obstacles: isForeign ? ['port-in-use'] : [] };
  }

  async execute(request: ActionRequest, signal: AbortSignal): Promise<ActionOutcome> {
    try {
      return await this.restart(this.readDeadlines(request.parameters), signal);
    } catch (error) {
      return fail('executor-error', describeError(error), {});
    }
  }

  private async restart({ drainMs, readyMs }: Deadlines, signal: AbortSignal): Promise<ActionOutcome> {
    const { process, evidenceLines, port } = this.options;
    const before = { before: describeState(process.state), last_log_lines: await process.tail(evidenceLines) };
    if (signal.aborted) return fail('aborted', 'cancelled before anything was done', before);
    if (process.state.state === 'running') await this.drain(drainMs);
    // Also when it has ended by itself: what it left behind may hold the port.
    await process.stop(drainMs);
    if (port !== undefined && (await isPortTaken(port))) {
      return fail('port-in-use', 'another process listens on the port of the service', before);
    }
    try {
      await process.start();
    } catch (error) {
      return fail('start-failed', describeError(error), before);
    }
    return this.awaitReadiness(readyMs, before);
  }

  private async awaitReadiness(readyMs: number, before: JsonObject): Promise<ActionOutcome> {
    const { process, healthUrl, evidenceLines } = this.options;
    const startedPid = process.state.state === 'running' ? process.state.pid : undefined;
    const readiness = await waitUntilReady(process, healthUrl, readyMs);
    const evidence = { ...before, started_pid: startedPid, after: describeState(process.state) };
    if (readiness === 'ready') return { succeeded: true, evidence };
    // Of this run alone: the trouble of an earlier one says nothing about this one.
    const lines = await process.tailSinceStart(evidenceLines);
    const reason = readiness === 'exited-early' ? (findFailureReason(lines.slice(-20)) ?? readiness) : readiness;
    const detail =
      readiness === 'exited-early' ? 'the new process ended before it was ready' : 'the new process did not become ready';
    return fail(reason, detail, { ...evidence, last_log_lines_after: lines });
  }

  /** Best effort: a service that doesn't answer its drain hook is stopped all the same. */
  private async drain(drainMs: number): Promise<void> {
    const { drainUrl } = this.options;
    if (drainUrl !== undefined && drainMs > 0) await probeHttp({ url: drainUrl, method: 'POST', timeoutMs: drainMs });
  }

  private readDeadlines(parameters: JsonObject): Deadlines {
    const { drain_deadline_ms: drainMs, readiness_deadline_ms: readyMs } = DeadlinesSchema.parse(parameters);
    return {
      drainMs: Math.min(drainMs, this.options.drainTimeoutMs),
      readyMs: Math.min(readyMs, this.options.readyTimeoutMs),
    };
  }
}
