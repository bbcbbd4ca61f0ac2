import { type AccessState, isLastingAdmin } from './access.ts';
import type { ApiKeyCreated, ApiKeyRevoked } from './access.events.ts';

/** What is kept of a key that is to be made. */
export type CreateKey = ApiKeyCreated['data'];

export interface RevokeKey {
  keyId: string;
  reason: string;
}

export type Refusal = 'expiry-past' | 'key-not-found' | 'last-admin-key';

export type Decision<E> = { refusal: Refusal } | { events: readonly E[] };

export function decideCreate(command: CreateKey, nowMs: number): Decision<ApiKeyCreated> {
  const { expires_at: expiresAt } = command;
  if (expiresAt !== undefined && Date.parse(expiresAt) <= nowMs) return { refusal: 'expiry-past' };
  return { events: [{ type: 'ApiKeyCreated', data: command }] };
}

/** Revoking again changes nothing. */
export function decideRevoke({ keys }: AccessState, { keyId, reason }: RevokeKey): Decision<ApiKeyRevoked> {
  const key = keys.get(keyId);
  if (key === undefined) return { refusal: 'key-not-found' };
  if (key.revokedAt !== undefined) return { events: [] };
  if (isLastingAdmin(key) && [...keys.values()].filter(isLastingAdmin).length === 1) return { refusal: 'last-admin-key' };
  return { events: [{ type: 'ApiKeyRevoked', data: { key_id: keyId, reason } }] };
}
