import { z } from 'zod';

/** What the agents get of one key. What they don't know of it, they leave aside. */
const PublishedKeySchema = z.object({
  key_id: z.string().min(1).max(64),
  public_key: z.string().min(1),
  revoked: z.boolean().optional(),
  /** From then on it isn't published any more. */
  retires_at: z.iso.datetime().optional(),
});
const PublishedKeysSchema = z.object({ keys: z.array(PublishedKeySchema) });

export type PublishedKey = z.infer<typeof PublishedKeySchema>;
/** All keys that agents are told of, in the order in which they came. */
export type KeyRing = readonly PublishedKey[];

/** What can't be read is an empty ring: agents then refuse the keys of which it told, revoked or not. */
export function parseRing(text: string): KeyRing {
  try {
    return PublishedKeysSchema.parse(JSON.parse(text)).keys;
  } catch {
    return [];
  }
}

export const renderRing = (keys: KeyRing): string => `${JSON.stringify({ keys })}\n`;

export const findKey = (ring: KeyRing, keyId: string): PublishedKey | undefined => ring.find(({ key_id: id }) => id === keyId);

/** Published ahead of its first use, so that copies of the file can be brought to agents elsewhere. */
export const announceKey = (ring: KeyRing, { key_id, public_key }: PublishedKey): KeyRing =>
  findKey(ring, key_id) === undefined ? [...ring, { key_id, public_key }] : ring;

/**
 * `next` is to sign from now on. The others stay for the overlap, as what they signed may still be on its way; the clock of the
 * one that signed so far begins now, that of the earlier ones is running.
 */
export function succeedKey(ring: KeyRing, next: PublishedKey, last: { keyId?: string; retiresAt: string }): KeyRing {
  const retire = (key: PublishedKey): PublishedKey => {
    if (key.key_id === next.key_id) return { key_id: key.key_id, public_key: key.public_key };
    if (key.revoked === true || (key.retires_at !== undefined && key.key_id !== last.keyId)) return key;
    return { ...key, retires_at: last.retiresAt };
  };
  return announceKey(ring, next).map(retire);
}

/** It stays published for ever, as agents have to know it to say why they refuse. */
export const revokeKey = (ring: KeyRing, keyId: string): KeyRing =>
  ring.map((key) => (key.key_id === keyId ? { key_id: keyId, public_key: key.public_key, revoked: true } : key));

/** Without the keys whose overlap is over. The one that signs stays, whatever stands there. */
export const dropRetired = (ring: KeyRing, activeId: string, nowMs: number): KeyRing =>
  ring.filter(({ key_id: id, retires_at: at }) => id === activeId || at === undefined || Date.parse(at) > nowMs);
