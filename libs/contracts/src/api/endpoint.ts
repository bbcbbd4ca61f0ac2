import { z } from 'zod';
import type { NeededRole, Role } from './roles.ts';

export interface Parameter {
  name: string;
  in: 'query' | 'path' | 'header';
  description: string;
  schema: z.ZodType;
}

/** What may be asked of the server, by whom, and what is answered. */
export interface Endpoint {
  method: 'GET' | 'POST' | 'DELETE';
  /** Members in braces. */
  path: string;
  summary: string;
  /** Who may ask. The server holds everybody to it. */
  role: NeededRole;
  /** Who may have a list in another format than JSON, where that takes more. */
  exportRole?: Role;
  parameters: readonly Parameter[];
  /** Of what is sent, as JSON. */
  body?: z.ZodType;
  answer: { mediaType: string; schema: z.ZodType };
  /** Statuses other than 200, all of them problems but 503 of readiness. Those of access follow from the role. */
  problems: readonly number[];
}

export const json = (schema: z.ZodType): Endpoint['answer'] => ({ mediaType: 'application/json', schema });

/** Whoever takes a list away as a file is an analyst. */
export const LIST_ROLES = { role: 'viewer', exportRole: 'analyst' } as const;

export const LIMIT: Parameter = {
  name: 'limit',
  in: 'query',
  description: 'Most items, 50 unless told.',
  schema: z.int().min(1).max(500),
};
export const CURSOR: Parameter = {
  name: 'cursor',
  in: 'query',
  description: 'next_cursor of the page before.',
  schema: z.string(),
};
export const FORMAT: Parameter = {
  name: 'format',
  in: 'query',
  description:
    'json unless told; csv and ndjson are for analysts. Of those two the cursor is in the header x-next-cursor, the position in x-log-position.',
  schema: z.enum(['json', 'csv', 'ndjson']),
};
export const AS_OF: Parameter = {
  name: 'asOf',
  in: 'query',
  description: 'A time or a position of the log: answers as of then. 501 where the past is not kept.',
  schema: z.string(),
};
