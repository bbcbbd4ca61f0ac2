import { signingBytes } from '#libs/contracts';
import type { SignatureCheck, SignatureVerdict } from '#libs/agent-core';
import type { SigningKey } from '../../../src/healing/signing/signing-keys.ts';

const KEY_ID = 'key-1';

/** As good as a signature where nobody forges any, and thousands of times as quick. */
function sumUp(bytes: Uint8Array): string {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193);
  return (sum >>> 0).toString(16);
}

export const SIGNER: SigningKey = {
  keyId: KEY_ID,
  sign: (subject, body) => sumUp(signingBytes(Buffer.from(subject), body)),
};

export const verifySignature = async ({ keyId, signature, bytes }: SignatureCheck): Promise<SignatureVerdict> => {
  if (keyId !== KEY_ID) return 'unknown-key';
  return sumUp(bytes) === signature ? 'valid' : 'invalid';
};
