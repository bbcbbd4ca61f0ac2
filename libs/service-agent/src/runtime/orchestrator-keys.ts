import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
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

const REREAD_PAUSE_MS = 500;

/**
 * The public keys that commands and control states are signed with. The file is read when a key id is unknown, so that a new
 * key needs no restart; not more often than twice a second, so that invented ids cost nothing.
 */
export class OrchestratorKeys {
  private keys = new Map<string, OrchestratorKey>();
  private lastReadMs = -Infinity;

  constructor(private readonly path: string) {}

  async verify({ keyId, signature, bytes }: SignatureCheck): Promise<SignatureVerdict> {
    if (!this.keys.has(keyId)) await this.read();
    const known = this.keys.get(keyId);
    if (known === undefined) return 'unknown-key';
    const raw = Buffer.from(signature, 'base64url');
    return raw.length === 64 && verify(null, bytes, known.key, raw) ? 'valid' : 'invalid';
  }

  isRevoked(keyId: string): boolean {
    return this.keys.get(keyId)?.isRevoked === true;
  }

  private async read(): Promise<void> {
    if (performance.now() - this.lastReadMs < REREAD_PAUSE_MS) return;
    this.lastReadMs = performance.now();
    try {
      const file = KeysFileSchema.parse(JSON.parse(await readFile(this.path, 'utf8')));
      this.keys = new Map(
        file.keys.map((entry) => [entry.key_id, { key: importKey(entry.public_key), isRevoked: entry.revoked === true }]),
      );
    } catch {
      // Not there yet, or half written: the keys known so far stay, and the next unknown id reads it again.
    }
  }
}

const importKey = (x: string): KeyObject => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
