import type { Role } from '#libs/contracts';

/** Of people, who have a role; or of browsers' agents, which may report and nothing else. */
export type KeyKind = 'person' | 'ingest';

/**
 * An API key was made. Its SHA-256 may be known to anybody: the key has 256 random bits, which nobody finds by trying, so no slow
 * hash is needed either.
 */
export interface ApiKeyCreated {
  type: 'ApiKeyCreated';
  data: {
    key_id: string;
    /** Who acts with it: two keys of one owner are one person. */
    owner: string;
    kind: KeyKind;
    role?: Role;
    key_sha256: string;
    expires_at?: string;
    reason: string;
  };
}

/** An API key, and every session that was begun with it, counts no longer. */
export interface ApiKeyRevoked {
  type: 'ApiKeyRevoked';
  data: { key_id: string; reason: string };
}

/** Stream `access`: who may do what. */
export type AccessEvent = ApiKeyCreated | ApiKeyRevoked;
