import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signingBytes } from '#libs/contracts';
import { SigningKeyError } from './healing.errors.ts';

export interface SigningKey {
  keyId: string;
  /** Ed25519 over the subject and the exact body, base64url. */
  sign(subject: string, body: Uint8Array): string;
}

const PRIVATE_FILE = 'command-signing.pem';
const PUBLIC_FILE = 'command-signing.public.json';

/**
 * Loads the key that signs commands, or makes it at the first start. The public half is written beside it, for the agents.
 *
 * @param directory where both files live; the private one is readable by its owner only
 * @throws SigningKeyError
 */
export function loadSigningKey(directory: string): SigningKey {
  const file = join(directory, PRIVATE_FILE);
  try {
    if (!existsSync(file)) createKeyFile(directory, file);
    const privateKey = createPrivateKey(readFileSync(file));
    // Any key would be loaded and would sign, with bytes that no agent accepts.
    if (privateKey.asymmetricKeyType !== 'ed25519')
      throw new TypeError(`the key is ${privateKey.asymmetricKeyType ?? 'symmetric'}`);
    const rawPublic = rawPublicKey(privateKey);
    const keyId = createHash('sha256').update(rawPublic).digest('hex').slice(0, 16);
    writeAtomically(
      join(directory, PUBLIC_FILE),
      `${JSON.stringify({ keys: [{ key_id: keyId, public_key: rawPublic.toString('base64url') }] })}\n`,
      0o644,
    );
    const encoder = new TextEncoder();
    return {
      keyId,
      sign: (subject, body) => sign(null, signingBytes(encoder.encode(subject), body), privateKey).toString('base64url'),
    };
  } catch (error) {
    throw new SigningKeyError(file, error);
  }
}

function createKeyFile(directory: string, file: string): void {
  mkdirSync(directory, { recursive: true });
  const { privateKey } = generateKeyPairSync('ed25519');
  const staged = stage(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  try {
    // Unlike a renaming, it never replaces a key that another process has made meanwhile.
    linkSync(staged, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    unlinkSync(staged);
  }
}

/** The 32 bytes at the end of the SPKI form (RFC 8410). */
function rawPublicKey(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-32);
}

/** A half-written key file would stop the next start. */
function writeAtomically(file: string, content: string, mode: number): void {
  renameSync(stage(file, content, mode), file);
}

/** A name that no other process takes; a pid isn't enough, since every container begins with the same. */
function stage(file: string, content: string, mode: number): string {
  const staged = `${file}.${randomUUID()}.new`;
  writeFileSync(staged, content, { mode });
  return staged;
}
