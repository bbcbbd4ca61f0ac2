import type { Role } from '#libs/contracts';
import type { AccessEvent, KeyKind } from './access.events.ts';

/** What is kept of a key. The key itself is nowhere. */
export interface ApiKey {
  keyId: string;
  owner: string;
  kind: KeyKind;
  /** Of people only. */
  role: Role | undefined;
  sha256: string;
  createdAt: Date;
  expiresAt: Date | undefined;
  revokedAt: Date | undefined;
}

export interface AccessState {
  keys: ReadonlyMap<string, ApiKey>;
  /** Of the last event that is in here; 0 when there is none. */
  position: number;
}

export type KeyState = 'active' | 'revoked' | 'expired';

export const NO_KEYS: AccessState = { keys: new Map(), position: 0 };

/** An event and where it stands. */
export type PlacedEvent = AccessEvent & { position: number; recordedAt: Date };

export function evolveAccess(state: AccessState, event: PlacedEvent): AccessState {
  const keys = new Map(state.keys);
  const { position, recordedAt } = event;
  if (event.type === 'ApiKeyCreated') keys.set(event.data.key_id, toKey(event.data, recordedAt));
  const known = keys.get(event.data.key_id);
  if (event.type === 'ApiKeyRevoked' && known !== undefined) {
    keys.set(known.keyId, { ...known, revokedAt: known.revokedAt ?? recordedAt });
  }
  return { keys, position };
}

function toKey(data: Extract<AccessEvent, { type: 'ApiKeyCreated' }>['data'], createdAt: Date): ApiKey {
  return {
    keyId: data.key_id,
    owner: data.owner,
    kind: data.kind,
    role: data.role,
    sha256: data.key_sha256,
    createdAt,
    expiresAt: data.expires_at === undefined ? undefined : new Date(data.expires_at),
    revokedAt: undefined,
  };
}

export function stateOfKey({ revokedAt, expiresAt }: ApiKey, nowMs: number): KeyState {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt !== undefined && expiresAt.getTime() <= nowMs ? 'expired' : 'active';
}

/** One that will still be there when every key with an end is gone: without such a one nobody could make keys any more. */
export const isLastingAdmin = ({ role, expiresAt, revokedAt }: ApiKey): boolean =>
  role === 'admin' && expiresAt === undefined && revokedAt === undefined;

/** Whether there ever was one, revoked or not. */
export const hadAdmin = ({ keys }: AccessState): boolean => [...keys.values()].some(({ role }) => role === 'admin');
