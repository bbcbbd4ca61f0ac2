import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, type JsonValue } from '#libs/contracts';
import { sanitizeJson, sanitizeText } from './sanitize-text.ts';

const anyText = fc.string({ unit: fc.constantFrom('a', '\0', '\ud83d', '\ude00', '\u{1f600}', '\ufffd', 'é') });

describe('sanitizing text', () => {
  it.each([
    ['plain', 'plain', 0],
    ['a\0b\0', 'a\ufffdb\ufffd', 2],
    ['high \ud800', 'high \ufffd', 1],
    ['low \udc00 first', 'low \ufffd first', 1],
    ['pair \u{1f600}', 'pair \u{1f600}', 0],
    ['swapped \ude00\ud83d', 'swapped \ufffd\ufffd', 2],
  ])('%j becomes %j', (text, value, replaced) => {
    expect(sanitizeText(text)).toEqual({ value, replaced });
  });

  it('gives text that is well formed, as long as before, and stays so', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { value, replaced } = sanitizeText(text);
        expect(value).not.toMatch(/\p{Surrogate}/u);
        expect(value).not.toContain('\0');
        expect(value).toHaveLength(text.length);
        expect(replaced > 0).toBe(value !== text);
        expect(sanitizeText(value)).toEqual({ value, replaced: 0 });
      }),
    );
  });
});

describe('sanitizing JSON', () => {
  it('reaches texts and names at every depth', () => {
    const input = { 'n\0': [{ deep: '\ud800' }, null, 1, true], gone: undefined, fine: 'ok' };
    expect(sanitizeJson(input)).toEqual({ value: { 'n\ufffd': [{ deep: '\ufffd' }, null, 1, true], fine: 'ok' }, replaced: 2 });
  });

  it('refuses what nests too deep before it runs out of stack', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}"\\u0000"${']'.repeat(100_000)}`);
    expect(() => sanitizeJson(deep as JsonValue)).toThrow(expect.objectContaining({ code: 'json-too-deep', kind: 'invalid' }));
  });

  it('makes every value of texts canonical', () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(anyText, fc.array(tie('node')), fc.dictionary(anyText, tie('node'))),
    })).node;
    fc.assert(
      fc.property(fc.dictionary(anyText, value as fc.Arbitrary<string>), (input) => {
        expect(() => canonicalJson(sanitizeJson(input).value)).not.toThrow();
      }),
    );
  });
});
