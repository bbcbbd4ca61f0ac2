import type { IncomingMessage, RequestListener } from 'node:http';
import { ExposureCounts } from './exposure-counts.ts';
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
  /** Everything but /health, /exposures and /drain; only this is what users ask for. */
  readonly route: (request: IncomingMessage) => Promise<Answer>;
  /** What is answered when a route fails. */
  readonly failure: Answer;
}

/** Answers in JSON. GET /health and /exposures, POST /drain and what the service itself is for, as long as it isn't draining. */
export function createJsonHandler({ traffic, check, route, failure }: Routes): RequestListener {
  const exposures = new ExposureCounts();
  const serve = async (request: IncomingMessage): Promise<Answer> => {
    const answered = await route(request).catch((error: unknown) => fail(error, failure));
    exposures.note(answered.status);
    return answered;
  };
  const answer = (request: IncomingMessage): Promise<Answer> | Answer => {
    if (request.url === '/exposures') return { status: 200, body: exposures.read() };
    if (request.url === '/health') return traffic.isDraining ? { status: 503, body: { status: 'draining' } } : check();
    if (request.url === '/drain') return drain(request, traffic);
    return traffic.isDraining ? { status: 503, body: { error: 'draining' } } : serve(request);
  };
  return (request, response) => {
    Promise.resolve()
      .then(() => answer(request))
      .catch((error: unknown) => fail(error, failure))
      .then(({ status, body }) => {
        // Somebody who comes back finds the next instance, not this one.
        const headers = { 'content-type': 'application/json', ...(traffic.isDraining ? { connection: 'close' } : {}) };
        response.writeHead(status, headers);
        response.end(body === undefined ? '' : JSON.stringify(body));
      })
      .catch(() => response.destroy());
  };
}

function fail(error: unknown, failure: Answer): Answer {
  console.error(error instanceof Error ? error.message : error);
  return failure;
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
