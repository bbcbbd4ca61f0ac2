import { describe, expect, it } from '@jest/globals';
import { endSessionCookie, openSession, readSessionCookie, sealSession, toSessionCookie } from './session.ts';

const SECRET = 'a secret of this server';
const NOW_MS = 1_000_000;
const session = { keyId: '0a1b2c3d4e5f', expiresAtMs: NOW_MS + 1 };
const sealed = sealSession(SECRET, session);

describe('a session', () => {
  it('is opened with the secret that sealed it', () => {
    expect(openSession(SECRET, sealed, NOW_MS)).toEqual(session);
  });

  it('is over at its end', () => {
    expect(openSession(SECRET, sealed, NOW_MS + 1)).toBeUndefined();
  });

  it('is none for another secret', () => {
    expect(openSession('another', sealed, NOW_MS)).toBeUndefined();
  });

  it('is none when a single character of it was changed', () => {
    const changed = Array.from(sealed, (character, index) => {
      const other = character === '1' ? '2' : '1';
      return `${sealed.slice(0, index)}${other}${sealed.slice(index + 1)}`;
    });
    // The last character of a MAC in base64url holds two bits that mean nothing.
    expect(changed.slice(0, -1).filter((text) => openSession(SECRET, text, NOW_MS) !== undefined)).toEqual([]);
  });

  it.each(['', '.', '..', 'a.b.c', `${session.keyId}.9999999999999999.`, `${sealed}x`, `x${sealed}`, sealed.toUpperCase()])(
    'is not "%s"',
    (text) => {
      expect(openSession(SECRET, text, NOW_MS)).toBeUndefined();
    },
  );
});

describe('the cookie of a session', () => {
  it('is for the page alone, and secure where the page is', () => {
    expect(toSessionCookie('x', { maxAgeS: 60, isSecure: false })).toBe(
      'zantara_session=x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict',
    );
    expect(toSessionCookie('x', { maxAgeS: 60, isSecure: true })).toMatch(/; Secure$/);
    expect(endSessionCookie(false)).toContain('Max-Age=0');
  });

  it('is found among others', () => {
    expect(readSessionCookie('a=b; zantara_session=x.1.y;c=d')).toBe('x.1.y');
  });

  it.each([undefined, '', 'a=b', 'zantara_sessions=x', 'xzantara_session=y', ';;='])('is not in "%s"', (header) => {
    expect(readSessionCookie(header)).toBeUndefined();
  });
});
