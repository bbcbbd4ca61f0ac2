import { generateKeyPairSync, sign } from 'node:crypto';
import { signingBytes } from '#libs/contracts';
import type { SigningKey } from '../../src/healing/signing/signing-keys.ts';

/** A key of a test's own, in no file. */
export function createSigningKey(keyId: string): SigningKey & { publicKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    keyId,
    publicKey: publicKey.export({ format: 'jwk' }).x ?? '',
    sign: (subject, body) => sign(null, signingBytes(new TextEncoder().encode(subject), body), privateKey).toString('base64url'),
  };
}
