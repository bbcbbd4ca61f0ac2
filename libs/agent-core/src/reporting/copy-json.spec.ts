import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countUtf8Bytes } from '#libs/contracts';
import { copyJsonObject } from './copy-json.ts';

const LIMIT = 10_000;
const TOO_LARGE = expect.objectContaining({ code: 'report-too-large', kind: 'invalid' });

describe('copying what a host reports', () => {
  it('gives what JSON would give', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (value) => {
        expect(JSON.stringify(copyJsonObject(value, Infinity))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('keeps members that are named like parts of the language', () => {
    const value: unknown = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":2}}');
    const copy = copyJsonObject(value, LIMIT);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
    expect(Object.hasOwn(copy, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('leaves out what is undefined', () => {
    expect(copyJsonObject({ a: undefined, b: [undefined, 1] }, LIMIT)).toStrictEqual({ b: [null, 1] });
    expect(copyJsonObject({ holes: Object.assign([], { length: 2 }) }, LIMIT)).toStrictEqual({ holes: [null, null] });
  });

  const itself: Record<string, unknown> = {};
  itself['again'] = itself;
  const broken = {
    get member(): never {
      throw new TypeError('no');
    },
  };
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new RangeError('never');
      },
    },
  );
  it.each([
    [undefined, 'the report is a undefined'],
    ['text', 'it is no object'],
    [[], 'it is no object'],
    [{ when: new Date(0) }, '/when is Date'],
    [{ map: new Map() }, '/map is Map'],
    [{ error: new Error('x') }, '/error is Error'],
    [{ list: [1n] }, '/list/0 is a bigint'],
    [{ call: () => 1 }, '/call is a function'],
    [{ not: Number.NaN }, '/not is a number'],
    [{ far: -Infinity }, '/far is a number'],
    [{ sign: Symbol('s') }, '/sign is a symbol'],
    [itself, 'nests too deep'],
    [broken, 'it can not be read'],
    [hostile, 'it can not be read'],
  ])('refuses %#: it names what is wrong', (value, reason) => {
    expect(() => copyJsonObject(value, LIMIT)).toThrow(expect.objectContaining({ code: 'report-invalid', kind: 'invalid' }));
    expect(() => copyJsonObject(value, LIMIT)).toThrow(reason);
  });

  it.each([
    ['a text', { text: 'x'.repeat(LIMIT) }],
    ['a text that is short in characters', { text: '€'.repeat(LIMIT / 2) }],
    ['a text that grows in JSON', { text: '\u0001'.repeat(LIMIT / 5) }],
    ['a list', { list: Array.from({ length: LIMIT }, () => 0) }],
    ['a list with holes', { list: Object.assign([], { length: 4_000_000_000 }) }],
    ['a name', { ['n'.repeat(LIMIT)]: 1 }],
    ['many members', Object.fromEntries(Array.from({ length: LIMIT / 4 }, (_, i) => [`${i}`, i]))],
  ])('refuses %s beyond the limit', (_, value) => {
    expect(() => copyJsonObject(value, LIMIT)).toThrow(TOO_LARGE);
  });

  it('counts no more than the JSON has', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        expect(() => copyJsonObject(value, countUtf8Bytes(JSON.stringify(value)) + 1)).not.toThrow();
      }),
    );
  });
});
