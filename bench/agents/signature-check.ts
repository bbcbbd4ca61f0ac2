import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SignatureCheck, SignatureVerdict } from '#libs/agent-core';

const KeysSchema = z.object({ keys: z.array(z.object({ key_id: z.string(), public_key: z.string() })) });

/** Checks signatures against the file that the orchestrator puts there for its agents. */
export function loadSignatureCheck(keyDir: string): (check: SignatureCheck) => SignatureVerdict {
  const text = readFileSync(join(keyDir, 'command-signing.public.json'), 'utf8');
  const { keys } = KeysSchema.parse(JSON.parse(text));
  const known = new Map(
    keys.map(({ key_id: keyId, public_key: x }) => [
      keyId,
      createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
    ]),
  );
  return ({ keyId, signature, bytes }) => {
    const key = known.get(keyId);
    if (key === undefined) return 'unknown-key';
    return verify(null, bytes, key, Buffer.from(signature, 'base64url')) ? 'valid' : 'invalid';
  };
}
