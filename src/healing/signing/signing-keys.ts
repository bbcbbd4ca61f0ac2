import { sign } from 'node:crypto';
import { signingBytes } from '#libs/contracts';
import { SigningKeyError } from '../healing.errors.ts';
import { SigningKeyFiles, type StoredKey } from './signing-key-files.ts';
import { findKey, type PublishedKey, succeedKey } from './signing-key-ring.ts';

export interface SigningKey {
  keyId: string;
  /** Ed25519 over the subject and the exact body, base64url. */
  sign(subject: string, body: Uint8Array): string;
}

/** How long a key that no longer signs stays published, unless told otherwise. */
export const DEFAULT_OVERLAP_MS = 24 * 3_600_000;

/**
 * Loads the key that signs commands, or makes it at the first start, and sees to it that agents are told of it.
 *
 * @param directory where the keys live; private ones are readable by their owner only
 * @throws SigningKeyError
 */
export function loadSigningKey(directory: string): SigningKey {
  const files = new SigningKeyFiles(directory);
  try {
    files.ensure('active');
    const { privateKey, published } = files.read('active');
    publish(files, published);
    return toSigningKey(published.key_id, privateKey);
  } catch (error) {
    throw new SigningKeyError(files.pathOf('active'), error);
  }
}

/** A rotation has done so before it hands out the key; this is for the first one, and for a file that was put there by hand. */
function publish(files: SigningKeyFiles, key: PublishedKey): void {
  const known = findKey(files.readRing(), key.key_id);
  if (known?.revoked === true) throw new TypeError('the key is revoked');
  if (known !== undefined) return;
  const retiresAt = new Date(Date.now() + DEFAULT_OVERLAP_MS).toISOString();
  files.alone(() => files.writeRing(succeedKey(files.readRing(), key, { retiresAt })));
}

function toSigningKey(keyId: string, privateKey: StoredKey['privateKey']): SigningKey {
  const encoder = new TextEncoder();
  return {
    keyId,
    sign: (subject, body) => sign(null, signingBytes(encoder.encode(subject), body), privateKey).toString('base64url'),
  };
}
