import { type AccessState, evolveAccess, NO_KEYS, type PlacedEvent } from '../../src/access/access.ts';
import type { AccessEvent, ApiKeyCreated } from '../../src/access/access.events.ts';

/** An admin's key that lasts; the test names only what it is about. */
export const created = (keyId: string, data: Partial<ApiKeyCreated['data']> = {}): ApiKeyCreated => ({
  type: 'ApiKeyCreated',
  data: { key_id: keyId, owner: 'ana', kind: 'person', role: 'admin', key_sha256: 'a'.repeat(64), reason: 'test', ...data },
});

export const revoked = (keyId: string): AccessEvent => ({ type: 'ApiKeyRevoked', data: { key_id: keyId, reason: 'test' } });

/** A second apart each. */
export const at = (position: number, event: AccessEvent): PlacedEvent => ({
  ...event,
  position,
  recordedAt: new Date(position * 1000),
});

export const keysAfter = (...events: readonly AccessEvent[]): AccessState =>
  events.map((event, index) => at(index + 1, event)).reduce(evolveAccess, NO_KEYS);
