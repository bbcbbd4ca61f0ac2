import type { RequestListener } from 'node:http';
import { createJsonHandler, NOT_FOUND } from '../../runtime/src/json-handler.ts';
import type { Traffic } from '../../runtime/src/serve.ts';
import type { RequestCounts } from './request-counts.ts';

/** GET /stats: what became of the requests so far. */
export const createHandler = (counts: RequestCounts, traffic: Traffic): RequestListener =>
  createJsonHandler({
    traffic,
    check: async () => ({ status: 200, body: { status: 'ok' } }),
    route: async ({ url }) => (url === '/stats' || url === '/' ? { status: 200, body: counts.read() } : NOT_FOUND),
    failure: { status: 500, body: { error: 'the counts can not be read' } },
  });
