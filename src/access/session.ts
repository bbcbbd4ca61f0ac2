import { createHmac, timingSafeEqual } from 'node:crypto';

/** Who signed in, until when. It dies with its key. */
export interface Session {
  keyId: string;
  expiresAtMs: number;
}

const SEALED = /^([0-9a-f]{12})\.(\d{1,16})\.([A-Za-z0-9_-]{43})$/;
const COOKIE = 'zantara_session';

/** Nothing of it is stored: whoever holds the secret can tell that it is right. */
export function sealSession(secret: string, { keyId, expiresAtMs }: Session): string {
  const text = `${keyId}.${expiresAtMs}`;
  return `${text}.${sign(secret, text).toString('base64url')}`;
}

/** @returns undefined when it is none of ours, or is over */
export function openSession(secret: string, sealed: string, nowMs: number): Session | undefined {
  const [, keyId = '', expiry = '', mac = ''] = SEALED.exec(sealed) ?? [];
  const expected = sign(secret, `${keyId}.${expiry}`);
  const given = Buffer.from(mac, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const expiresAtMs = Number(expiry);
  return expiresAtMs > nowMs ? { keyId, expiresAtMs } : undefined;
}

const sign = (secret: string, text: string): Buffer => createHmac('sha256', secret).update(`session:${text}`).digest();

/** What a Cookie header (RFC 6265) holds of a session. */
export function readSessionCookie(header: string | undefined): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === COOKIE)?.[1];
}

/** For the page alone: no script reads it, and no other site's page has it sent along. */
export function toSessionCookie(value: string, { maxAgeS, isSecure }: { maxAgeS: number; isSecure: boolean }): string {
  const attributes = ['Path=/', `Max-Age=${maxAgeS}`, 'HttpOnly', 'SameSite=Strict', ...(isSecure ? ['Secure'] : [])];
  return [`${COOKIE}=${value}`, ...attributes].join('; ');
}

/** Takes the cookie away. */
export const endSessionCookie = (isSecure: boolean): string => toSessionCookie('', { maxAgeS: 0, isSecure });
