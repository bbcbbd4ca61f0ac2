import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plain, shorten } from './plain.ts';

describe('plain', () => {
  it.each([
    ['a colour', '\u001b[31mred\u001b[0m', 'red'],
    ['a cleared screen', 'before\u001b[2J\u001b[Hafter', 'beforeafter'],
    ['a window title', '\u001b]0;owned\u0007text', 'text'],
    ['a link', '\u001b]8;;http://evil\u001b\\click\u001b]8;;\u001b\\', 'click'],
    ['a C1 sequence', '\u009b31mred', 'red'],
    ['a turned direction', 'abc\u202Edcba\u2066x', 'abcdcbax'],
    ['a carriage return that hides a line', 'failed\rok', 'failed ok'],
    ['several lines', 'one\n  two\tthree', 'one   two three'],
    ['invisible marks', 'a\u200Bb\uFEFFc', 'abc'],
    ['half a character', 'a\uD800b', 'ab'],
  ])('takes %s out', (_what, text, expected) => {
    expect(plain(text)).toBe(expected);
  });

  it('leaves nothing that a terminal obeys, whatever it is given', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('\u001b', '[', ']', '\u009b', '\u0007', '\r', '\n', '3', 'm', '\u202e', 'a'),
    });
    fc.assert(fc.property(nasty, (text) => !/[\p{Cc}\p{Cf}]/u.test(plain(text))));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[\p{Cc}\p{Cf}]/u.test(plain(text))));
  });

  it('leaves letters of every language alone', () => {
    expect(plain('Grüße, 你好, עברית, 🙂')).toBe('Grüße, 你好, עברית, 🙂');
  });

  it('cuts a long text and says so', () => {
    expect(shorten('abcdef', 4)).toBe('abc…');
    expect(shorten('abcd', 4)).toBe('abcd');
    expect(shorten('ab🙂cd', 4)).toBe('ab…');
  });
});
