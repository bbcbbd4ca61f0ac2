import { describe, expect, it } from '@jest/globals';
import { createKeyText, hashKey, isKeyOf, parseKeyText } from './key-text.ts';

describe('the text of a key', () => {
  it('has an id that may be told, and 256 bits that no other key has', () => {
    const keys = Array.from({ length: 200 }, createKeyText);
    for (const { keyId, text } of keys) {
      expect(text).toMatch(/^zt_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
      expect(parseKeyText(text)).toEqual({ keyId, text });
      expect(Buffer.from(text.slice(16), 'base64url')).toHaveLength(32);
    }
    expect(new Set(keys.map(({ text }) => text.slice(16))).size).toBe(keys.length);
  });

  it('is known by its hash, which no other text has', () => {
    const { text } = createKeyText();
    expect(isKeyOf(text, hashKey(text))).toBe(true);
    const last = text.endsWith('A') ? 'E' : 'A';
    for (const other of [`${text.slice(0, -1)}${last}`, text.toUpperCase(), `${text} `, createKeyText().text, '']) {
      expect(isKeyOf(other, hashKey(text))).toBe(false);
    }
  });

  it.each([
    '',
    'zt_',
    'zt_0a1b2c3d4e5f_short',
    `zt_0A1B2C3D4E5F_${'a'.repeat(43)}`,
    `zt_0a1b2c3d4e5f_${'a'.repeat(44)}`,
    'x'.repeat(1e5),
  ])('is not %.60s', (text) => {
    expect(parseKeyText(text)).toBeUndefined();
    expect(isKeyOf(text, 'no hash')).toBe(false);
  });
});
