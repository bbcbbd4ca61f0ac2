import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface ProbeOutcome {
  readonly isOk: boolean;
  readonly durationMs: number;
  /** Stable for the same fault, so that it groups well: no counter, no time, no port. */
  readonly message: string;
}

export interface ProbeRequest {
  readonly url: string;
  readonly timeoutMs: number;
  readonly method?: 'GET' | 'POST';
}

const MAX_BODY_BYTES = 65_536;

/**
 * Asks once, on a connection of its own: a kept one would hide a service that takes no new ones, and hold up its graceful end.
 * Only a 2xx that came whole within the time-out is good; a redirect isn't followed.
 */
export async function probeHttp(probe: ProbeRequest): Promise<ProbeOutcome> {
  const startedAt = performance.now();
  const answer = await ask(probe);
  return { ...answer, durationMs: Math.round((performance.now() - startedAt) * 10) / 10 };
}

function ask({ url, timeoutMs, method = 'GET' }: ProbeRequest): Promise<Omit<ProbeOutcome, 'durationMs'>> {
  return new Promise((resolve) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, { method, agent: false, headers: { connection: 'close', accept: '*/*' } }, (response) => {
      const status = response.statusCode ?? 0;
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_BODY_BYTES) decide(false, 'the answer is too large');
      });
      response.on('end', () => decide(status >= 200 && status < 300, `answered ${status}`));
      response.on('error', (error) => decide(false, codeOf(error)));
    });
    const timer = setTimeout(() => decide(false, 'no answer in time'), timeoutMs);
    const decide = (isOk: boolean, message: string): void => {
      clearTimeout(timer);
      request.destroy();
      resolve({ isOk, message });
    };
    request.on('error', (error) => decide(false, codeOf(error)));
    request.end();
  });
}

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : 'the connection broke';
