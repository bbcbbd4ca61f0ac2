import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import type { SignatureCheck, SignatureVerdict } from '#libs/agent-core';

const KeysFileSchema = z.object({
  keys: z.array(
    z.object({
      key_id: z.string().min(1).max(64),
      public_key: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
      revoked: z.boolean().optional(),
    }),
  ),
});

interface OrchestratorKey {
  readonly key: KeyObject;
  readonly isRevoked: boolean;
}

const LOOK_PAUSE_MS = 500;

/**
 * The public keys that commands and control states are signed with. The file is read again when a key id is unknown or the file
 * has changed, so that neither a new key nor a revocation needs a restart. It is looked at not more often than twice a second,
 * so that invented ids cost nothing.
 */
export class OrchestratorKeys {
  private keys = new Map<string, OrchestratorKey>();
  private lastLookMs = -Infinity;
  private lastLook: Promise<void> = Promise.resolve();
  /** Of the file that was last read as a whole. */
  private readVersion = '';

  constructor(private readonly path: string) {}

  async verify({ keyId, signature, bytes }: SignatureCheck): Promise<SignatureVerdict> {
    await this.look(keyId);
    const known = this.keys.get(keyId);
    if (known === undefined) return 'unknown-key';
    const raw = Buffer.from(signature, 'base64url');
    // Written in the one way that there is: a decoder lets other texts through for the same bytes.
    const isCanonical = raw.length === 64 && raw.toString('base64url') === signature;
    return isCanonical && verify(null, bytes, known.key, raw) ? 'valid' : 'invalid';
  }

  isRevoked(keyId: string): boolean {
    return this.keys.get(keyId)?.isRevoked === true;
  }

  private look(keyId: string): Promise<void> {
    if (performance.now() - this.lastLookMs >= LOOK_PAUSE_MS) {
      this.lastLookMs = performance.now();
      this.lastLook = this.read(keyId);
    }
    return this.lastLook;
  }

  private async read(keyId: string): Promise<void> {
    try {
      // Asked for before it is read: a change in between is seen at the next look.
      const { mtimeMs, size, ino } = await stat(this.path);
      const version = `${mtimeMs} ${size} ${ino}`;
      if (this.keys.has(keyId) && version === this.readVersion) return;
      this.keys = parseKeys(await readFile(this.path, 'utf8'));
      this.readVersion = version;
    } catch {
      // Not there yet, or half written: the keys known so far stay, and the next look reads it again.
    }
  }
}

function parseKeys(text: string): Map<string, OrchestratorKey> {
  const { keys } = KeysFileSchema.parse(JSON.parse(text));
  return new Map(keys.map((entry) => [entry.key_id, { key: importKey(entry.public_key), isRevoked: entry.revoked === true }]));
}

const importKey = (x: string): KeyObject => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
