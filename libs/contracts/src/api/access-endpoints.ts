import { z } from 'zod';
import {
  ApiKeyPageSchema,
  BeginSessionSchema,
  CreateApiKeySchema,
  CreatedApiKeySchema,
  IdentitySchema,
  RevokeApiKeySchema,
  RevokedApiKeySchema,
  SessionSchema,
} from './access.schema.ts';
import { type Endpoint, json } from './endpoint.ts';

/** Keys, and who asks. */
export const ACCESS_ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/api/whoami',
    summary: 'Who asks, and what they may do.',
    role: 'viewer',
    parameters: [],
    answer: json(IdentitySchema),
    problems: [],
  },
  {
    method: 'POST',
    path: '/api/session',
    summary: 'Begins a session of at most 12 h with an API key: a browser needs the key no longer. It ends with its key.',
    role: 'anyone',
    parameters: [],
    body: BeginSessionSchema,
    answer: json(SessionSchema),
    problems: [400, 401],
  },
  {
    method: 'DELETE',
    path: '/api/session',
    summary: 'Ends the session of this browser.',
    role: 'anyone',
    parameters: [],
    answer: json(z.object({ ended: z.literal(true) })),
    problems: [],
  },
  {
    method: 'GET',
    path: '/api/keys',
    summary: 'API keys, the newest first.',
    role: 'admin',
    parameters: [],
    answer: json(ApiKeyPageSchema),
    problems: [],
  },
  {
    method: 'POST',
    path: '/api/keys',
    summary: 'Makes an API key, which this answer alone tells.',
    role: 'admin',
    parameters: [],
    body: CreateApiKeySchema,
    answer: json(CreatedApiKeySchema),
    problems: [400],
  },
  {
    method: 'POST',
    path: '/api/keys/{key_id}/revoke',
    summary: 'Revokes an API key: it and its sessions count no longer, everywhere within a second. The last admin key stays.',
    role: 'admin',
    parameters: [{ name: 'key_id', in: 'path', description: 'Its id.', schema: z.string() }],
    body: RevokeApiKeySchema,
    answer: json(RevokedApiKeySchema),
    problems: [400, 404, 409],
  },
];
