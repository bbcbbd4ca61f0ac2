import { setTimeout as delay } from 'node:timers/promises';
import { probeHttp } from '../../collectors/http-health/http-probe.ts';
import type { SupervisedProcess } from '../../runtime/supervised-process.ts';

export type Readiness = 'ready' | 'exited-early' | 'not-ready';

const POLL_MS = 100;
const PROBE_TIMEOUT_MS = 2_000;

/** Asks until the service answers and its process still runs: an answer alone may come from somebody else on the port. */
export async function waitUntilReady(process: SupervisedProcess, url: string, timeoutMs: number): Promise<Readiness> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const remainingMs = deadline - performance.now();
    if (process.state.state !== 'running') return 'exited-early';
    if (remainingMs <= 0) return 'not-ready';
    const { isOk } = await probeHttp({ url, timeoutMs: Math.min(PROBE_TIMEOUT_MS, remainingMs) });
    if (process.state.state !== 'running') return 'exited-early';
    if (isOk) return 'ready';
    await delay(POLL_MS);
  }
}
