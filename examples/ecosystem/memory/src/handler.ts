import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EntryStore } from './entry-store.ts';

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

const MAX_BODY_BYTES = 65_536;
const ENTRY_PATH = /^\/entries\/([^/?]{1,200})$/;
const WRONG_METHOD: Answer = { status: 405, body: { error: 'method not allowed' } };

/** PUT, GET and DELETE /entries/:key, GET /health, POST /drain. */
export function createHandler(
  store: EntryStore,
  traffic: { isDraining: boolean },
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    route(request, store, traffic)
      .catch((error: unknown): Answer => {
        console.error(error instanceof Error ? error.message : error);
        return { status: 503, body: { error: 'the database does not answer' } };
      })
      .then(({ status, body }) => {
        response.writeHead(status, {
          'content-type': 'application/json',
          ...(traffic.isDraining ? { connection: 'close' } : {}),
        });
        response.end(body === undefined ? '' : JSON.stringify(body));
      })
      .catch(() => response.destroy());
  };
}

async function route(request: IncomingMessage, store: EntryStore, traffic: { isDraining: boolean }): Promise<Answer> {
  const path = request.url ?? '';
  if (path === '/health') return health(store, traffic);
  if (path === '/drain') {
    if (request.method !== 'POST') return WRONG_METHOD;
    traffic.isDraining = true;
    return { status: 202, body: { draining: true } };
  }
  const key = ENTRY_PATH.exec(path)?.[1];
  if (key === undefined) return { status: 404, body: { error: 'not found' } };
  if (traffic.isDraining) return { status: 503, body: { error: 'draining' } };
  return entry(request, store, decode(key));
}

async function health(store: EntryStore, traffic: { isDraining: boolean }): Promise<Answer> {
  if (traffic.isDraining) return { status: 503, body: { status: 'draining' } };
  await store.check();
  return { status: 200, body: { status: 'ok' } };
}

async function entry(request: IncomingMessage, store: EntryStore, key: string): Promise<Answer> {
  switch (request.method) {
    case 'GET': {
      const value = await store.find(key);
      return value === undefined ? { status: 404, body: { error: 'no such key' } } : { status: 200, body: { key, value } };
    }
    case 'PUT': {
      const value = await readBody(request);
      if (value === undefined) return { status: 413, body: { error: 'the value is too large' } };
      await store.put(key, value);
      return { status: 200, body: { key, value } };
    }
    case 'DELETE':
      return (await store.delete(key)) ? { status: 204 } : { status: 404, body: { error: 'no such key' } };
    default:
      return WRONG_METHOD;
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
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

function decode(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
