import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signingBytes } from '#libs/contracts';
import { SigningKeyFiles } from './signing-key-files.ts';
import { type KeyRing, revokeKey } from './signing-key-ring.ts';
import { loadSigningKey } from './signing-keys.ts';

const SUBJECT = 'subject';
const BODY = new TextEncoder().encode('{"v":1}');
let dir: string;
const inKeys = (file: string): string => join(dir, 'keys', file);
const load = (): ReturnType<typeof loadSigningKey> => loadSigningKey(join(dir, 'keys'));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-keys-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Verifies with what the agents get, and node:crypto alone. */
function isValid(signature: string, body = BODY): boolean {
  const { keys } = JSON.parse(readFileSync(inKeys('command-signing.public.json'), 'utf8')) as { keys: { public_key: string }[] };
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: keys[0]?.public_key ?? '' }, format: 'jwk' });
  return verify(null, signingBytes(Buffer.from(SUBJECT), body), key, Buffer.from(signature, 'base64url'));
}

const ring = (): KeyRing => new SigningKeyFiles(join(dir, 'keys')).readRing();

describe('the signing key', () => {
  it('is made at the first start, for its owner only', () => {
    load();
    expect(statSync(inKeys('command-signing.pem')).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(dir, 'keys')).toSorted()).toEqual(['command-signing.pem', 'command-signing.public.json']);
  });

  it('signs what the published half verifies, byte by byte', () => {
    const signature = load().sign(SUBJECT, BODY);
    expect(isValid(signature)).toBe(true);
    expect(isValid(signature, new TextEncoder().encode('{"v":2}'))).toBe(false);
  });

  it('stays the same over starts, and publishes its half again', () => {
    const first = load();
    rmSync(inKeys('command-signing.public.json'));
    const second = load();
    expect(second.keyId).toBe(first.keyId);
    expect(second.sign(SUBJECT, BODY)).toBe(first.sign(SUBJECT, BODY));
    expect(isValid(second.sign(SUBJECT, BODY))).toBe(true);
  });

  it('keeps what was published before, and retires what a key that was put there by hand replaces', () => {
    const first = load();
    rmSync(inKeys('command-signing.pem'));
    const second = load();
    expect(ring()).toMatchObject([{ key_id: first.keyId, retires_at: expect.any(String) }, { key_id: second.keyId }]);
  });

  it('does not start with a key that is revoked', () => {
    const { keyId } = load();
    const files = new SigningKeyFiles(join(dir, 'keys'));
    files.writeRing(revokeKey(files.readRing(), keyId));
    expect(load).toThrow(expect.objectContaining({ code: 'signing-key-unusable' }));
  });

  it.each([
    ['nothing', ''],
    ['garbage', 'garbage'],
    ['half a key', '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw'],
    [
      'a key of another kind',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    ],
  ])('stops the start when its file holds %s, and leaves the file alone', (_case, content) => {
    load();
    writeFileSync(inKeys('command-signing.pem'), content);
    expect(load).toThrow(expect.objectContaining({ code: 'signing-key-unusable', kind: 'invalid' }));
    expect(readFileSync(inKeys('command-signing.pem'), 'utf8')).toBe(content);
  });
});
