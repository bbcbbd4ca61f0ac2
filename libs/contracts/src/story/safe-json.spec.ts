import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toSafeJson } from './safe-json.ts';

describe('toSafeJson', () => {
  it('means what it was given', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(toSafeJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('writes as escapes what a terminal would obey or hide', () => {
    expect(toSafeJson({ a: '\u001b[2J\u009b31m\u202e\u200b' })).toBe(String.raw`{"a":"\u001b[2J\u009b31m\u202e\u200b"}`);
  });
});
