import { ACCESS_ENDPOINTS } from './access-endpoints.ts';
import { AUTHORITY_ENDPOINTS } from './authority-endpoints.ts';
import type { Endpoint } from './endpoint.ts';
import { ESCALATION_ENDPOINTS } from './escalation-endpoints.ts';
import { LIST_ENDPOINTS } from './list-endpoints.ts';
import { LOG_ENDPOINTS } from './log-endpoints.ts';
import { SERVER_ENDPOINTS } from './server-endpoints.ts';

/**
 * Every endpoint of the HTTP API: what OpenAPI is made of, what a test holds the controllers against, and the one place that says
 * who may do what. The server refuses whatever is not listed here.
 */
export const ENDPOINTS: readonly Endpoint[] = [
  ...LIST_ENDPOINTS,
  ...LOG_ENDPOINTS,
  ...AUTHORITY_ENDPOINTS,
  ...ESCALATION_ENDPOINTS,
  ...ACCESS_ENDPOINTS,
  ...SERVER_ENDPOINTS,
];

/**
 * What a browser loads: the page under each of its addresses, with 404 under any other, and its files, which may be cached for
 * ever. Anyone may: they hold nothing of what the server knows.
 */
export const PAGE_PATHS = ['/', '/incidents/{incident_id}', '/*', '/assets/*'] as const;
