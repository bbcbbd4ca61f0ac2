import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.ts';
import { NotCanonicalError } from './contracts.errors.ts';
import type { JsonValue } from './json.ts';

const wellFormed = fc.string({ unit: 'grapheme' });
const anyJson = fc.jsonValue({ stringUnit: 'grapheme' });

/** The same value with the members of its objects in reverse order. */
function reverse(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => reverse(item));
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reverse(member ?? null)]),
  );
}

describe('canonical JSON', () => {
  it('writes the example of RFC 8785, section 3.2.3', () => {
    const sorted = canonicalJson({
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    });
    expect(Object.values(JSON.parse(sorted) as object)).toHaveLength(7);
    expect([...sorted.matchAll(/"([A-Z][^"]+)"/g)].map(([, name]) => name)).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it.each([
    [333333333.3333333, '333333333.3333333'],
    [1e30, '1e+30'],
    [4.5, '4.5'],
    [2e-3, '0.002'],
    [1e-27, '1e-27'],
    [-0, '0'],
  ])('writes the number %p as ECMAScript does', (number, text) => {
    expect(canonicalJson(number)).toBe(text);
  });

  it('is JSON that says the same', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const again: JsonValue = JSON.parse(canonicalJson(value)) as JsonValue;
        expect(canonicalJson(again)).toBe(canonicalJson(value));
      }),
    );
  });

  it('does not depend on the order of members', () => {
    fc.assert(fc.property(anyJson, (value) => expect(canonicalJson(reverse(value))).toBe(canonicalJson(value))));
  });

  it('sorts members by UTF-16 code units, however many there are', () => {
    const names = fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 4 }), { maxLength: 40 });
    fc.assert(
      fc.property(names, (given) => {
        const text = canonicalJson(Object.fromEntries(given.map((name) => [name, 1])));
        expect(text).toBe(
          `{${given
            .toSorted()
            .map((name) => `${JSON.stringify(name)}:1`)
            .join(',')}}`,
        );
      }),
    );
  });

  it('keeps what only looks like the escape of a lone surrogate', () => {
    expect(canonicalJson(['\\ud800'])).toBe('["\\\\ud800"]');
  });

  it('leaves out members that are undefined', () => {
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
  });

  it('keeps every well-formed text', () => {
    fc.assert(fc.property(wellFormed, (text) => expect(JSON.parse(canonicalJson(text))).toBe(text)));
  });

  it.each([NaN, Infinity, -Infinity, '\ud800', { '\udc00': 1 }, ['\ud800x']])('refuses %p', (value) => {
    expect(() => canonicalJson(value as JsonValue)).toThrow(NotCanonicalError);
  });

  it('refuses what JSON does not know', () => {
    for (const value of [() => 1, Symbol('x'), 10n]) {
      expect(() => canonicalJson(value as unknown as JsonValue)).toThrow(NotCanonicalError);
    }
  });
});
