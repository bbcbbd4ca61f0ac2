import type { IncomingMessage, RequestListener } from 'node:http';
import type { Traffic } from './serve.ts';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export const WRONG_METHOD: Answer = { status: 405, body: { error: 'method not allowed' } };
export const NOT_FOUND: Answer = { status: 404, body: { error: 'not found' } };
export const TOO_LARGE: Answer = { status: 413, body: { error: 'the body is too large' } };

const MAX_BODY_BYTES = 65_536;

export interface Routes {
  readonly traffic: Traffic;
  /** Whether the service can do its work, found out by doing some. */
  readonly check: () => Promise<Answer>;
  /** Everything but /health and /drain. */
  readonly route: (request: IncomingMessage) => Promise<Answer>;
  /** What is answered when a route fails. */
  readonly failure: Answer;
}

/** Answers in JSON. GET /health, POST /drain and what the service itself is for, as long as it isn't draining. */
export function createJsonHandler({ traffic, check, route, failure }: Routes): RequestListener {
  const answer = (request: IncomingMessage): Promise<Answer> | Answer => {
    if (request.url === '/health') return traffic.isDraining ? { status: 503, body: { status: 'draining' } } : check();
    if (request.url === '/drain') return drain(request, traffic);
    return traffic.isDraining ? { status: 503, body: { error: 'draining' } } : route(request);
  };
  return (request, response) => {
    Promise.resolve()
      .then(() => answer(request))
      .catch((error: unknown): Answer => {
        console.error(error instanceof Error ? error.message : error);
        return failure;
      })
      .then(({ status, body }) => {
        // Somebody who comes back finds the next instance, not this one.
        const headers = { 'content-type': 'application/json', ...(traffic.isDraining ? { connection: 'close' } : {}) };
        response.writeHead(status, headers);
        response.end(body === undefined ? '' : JSON.stringify(body));
      })
      .catch(() => response.destroy());
  };
}

function drain(request: IncomingMessage, traffic: Traffic): Answer {
  if (request.method !== 'POST') return WRONG_METHOD;
  traffic.isDraining = true;
  return { status: 202, body: { draining: true } };
}

/** The whole body; `undefined` when it is too large. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
