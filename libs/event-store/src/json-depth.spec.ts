import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '#libs/contracts';
import { isTooDeep } from './json-depth.ts';

const nest = (depth: number, around: (inner: JsonValue) => JsonValue): JsonValue =>
  Array.from({ length: depth }).reduce<JsonValue>(around, 'bottom');

describe('the depth of JSON', () => {
  it.each<[string, (inner: JsonValue) => JsonValue]>([
    ['lists', (inner) => [1, inner]],
    ['objects', (inner) => ({ before: null, inner })],
  ])('is bounded for %s', (_kind, around) => {
    expect([99, 100, 101, 100_000].map((depth) => isTooDeep(nest(depth, around)))).toEqual([false, false, true, true]);
  });

  it('does not count members that are absent', () => {
    expect(isTooDeep({ gone: undefined })).toBe(false);
  });
});
