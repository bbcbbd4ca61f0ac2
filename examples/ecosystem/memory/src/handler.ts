import type { IncomingMessage, RequestListener } from 'node:http';
import { type Answer, createJsonHandler, NOT_FOUND, readBody, TOO_LARGE, WRONG_METHOD } from '../../runtime/src/json-handler.ts';
import type { Traffic } from '../../runtime/src/serve.ts';
import type { EntryStore } from './entry-store.ts';

const ENTRY_PATH = /^\/entries\/([^/?]{1,200})$/;
const NO_SUCH_KEY: Answer = { status: 404, body: { error: 'no such key' } };

/** PUT, GET and DELETE /entries/:key, GET /health, POST /drain. */
export function createHandler(store: EntryStore, traffic: Traffic): RequestListener {
  return createJsonHandler({
    traffic,
    check: async () => {
      await store.check();
      return { status: 200, body: { status: 'ok' } };
    },
    route: async (request) => {
      const key = ENTRY_PATH.exec(request.url ?? '')?.[1];
      return key === undefined ? NOT_FOUND : answerEntry(request, store, decode(key));
    },
    failure: { status: 503, body: { error: 'the database does not answer' } },
  });
}

async function answerEntry(request: IncomingMessage, store: EntryStore, key: string): Promise<Answer> {
  switch (request.method) {
    case 'GET': {
      const value = await store.find(key);
      return value === undefined ? NO_SUCH_KEY : { status: 200, body: { key, value } };
    }
    case 'PUT': {
      const value = await readBody(request);
      if (value === undefined) return TOO_LARGE;
      await store.put(key, value);
      return { status: 200, body: { key, value } };
    }
    case 'DELETE':
      return (await store.delete(key)) ? { status: 204 } : NO_SUCH_KEY;
    default:
      return WRONG_METHOD;
  }
}

function decode(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
