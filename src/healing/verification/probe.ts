import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Injectable } from '@nestjs/common';
import type { ProbeOutcome } from '../saga/fix-saga.inputs.ts';

/** No answer of a health check is longer, in bytes; the rest isn't read. */
const MAX_BODY_BYTES = 65_536;
const MAX_TIMEOUT_MS = 5000;
/** The time-out passes in so many ticks. A stall of this process is one of them at most: what waits to be read isn't late. */
const TICKS = 10;

/**
 * The orchestrator's own look at a service: one GET, on a connection of its own so that no pooled one hides a dead server. The
 * connection resolves the name itself, once, within the time-out; redirects aren't followed.
 */
@Injectable()
export class Prober {
  async probe(url: string, timeoutMs: number): Promise<ProbeOutcome> {
    const startedAt = performance.now();
    const outcome = (ok: boolean, reasonCode: string): ProbeOutcome => ({
      ok,
      reasonCode,
      latencyMs: Math.round(performance.now() - startedAt),
    });
    try {
      const status = await getStatus(new URL(url), Math.min(timeoutMs, MAX_TIMEOUT_MS));
      return outcome(status >= 200 && status < 300, `status-${status}`);
    } catch (error) {
      return outcome(false, reasonOf(error));
    }
  }
}

async function getStatus(url: URL, timeoutMs: number): Promise<number> {
  const giveUp = new AbortController();
  let ticksLeft = TICKS;
  const timer = setInterval(() => {
    if (--ticksLeft === 0) giveUp.abort();
  }, timeoutMs / TICKS);
  try {
    return await fetchStatus(url, giveUp.signal);
  } finally {
    clearInterval(timer);
  }
}

function fetchStatus(url: URL, signal: AbortSignal): Promise<number> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, signal }, (response) => {
      let received = 0;
      response.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (received > MAX_BODY_BYTES) response.destroy(Object.assign(new Error('too long'), { code: 'ANSWER_TOO_LONG' }));
      });
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unreachable';
  if (error.name === 'AbortError') return 'timeout';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ABORT_ERR') return 'timeout';
  return code === '' ? 'unreachable' : code.toLowerCase().replaceAll('_', '-');
}
