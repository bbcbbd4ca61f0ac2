import { setTimeout as delay } from 'node:timers/promises';
import { probeHttp } from '../../collectors/http-health/http-probe.ts';
import type { SupervisedProcess } from '../../runtime/supervised-process.ts';

export type Readiness = 'ready' | 'exited-early' | 'not-ready';

const POLL_MS = 100;
/** Long enough for a process to find out that its port is taken. */
const CONFIRM_MS = 500;
const PROBE_TIMEOUT_MS = 2_000;

/**
 * Asks until the service has answered twice, with its process running all the while: one answer may come from somebody else on
 * the port, while the new process has yet to notice. The first answer must come in time.
 */
export async function waitUntilReady(process: SupervisedProcess, url: string, timeoutMs: number): Promise<Readiness> {
  const deadline = performance.now() + timeoutMs;
  const startedPid = pidOf(process);
  for (let hasAnswered = false; ;) {
    const remainingMs = hasAnswered ? PROBE_TIMEOUT_MS : deadline - performance.now();
    if (startedPid === undefined || pidOf(process) !== startedPid) return 'exited-early';
    if (remainingMs <= 0) return 'not-ready';
    const { isOk } = await probeHttp({ url, timeoutMs: Math.min(PROBE_TIMEOUT_MS, remainingMs) });
    if (pidOf(process) !== startedPid) return 'exited-early';
    if (isOk && hasAnswered) return 'ready';
    hasAnswered = isOk;
    await delay(isOk ? CONFIRM_MS : POLL_MS);
  }
}

const pidOf = ({ state }: SupervisedProcess): number | undefined => (state.state === 'running' ? state.pid : undefined);
