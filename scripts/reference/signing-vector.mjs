import { createPrivateKey, createPublicKey, sign } from 'node:crypto';

/** The first secret key of RFC 8032, section 7.1: everybody knows it, so nobody may use it. */
const SECRET_KEY = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
const PKCS8_PREFIX = '302e020100300506032b657004220420';

const loadKey = () => createPrivateKey({ key: Buffer.from(PKCS8_PREFIX + SECRET_KEY, 'hex'), format: 'der', type: 'pkcs8' });

/** A signed command to try a verifier on: Ed25519 is deterministic, so the signature is always the same. */
export function computeSigningVector({ subject, body, signingBytes }) {
  const key = loadKey();
  const bytes = signingBytes(new TextEncoder().encode(subject), new TextEncoder().encode(body));
  return {
    comment: 'The secret key is the published one of RFC 8032, section 7.1, test 1. Never accept it outside a test.',
    public_key: createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64url'),
    subject,
    body,
    signing_bytes_base64: Buffer.from(bytes).toString('base64'),
    signature: sign(null, bytes, key).toString('base64url'),
  };
}
