import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonValue } from '#libs/contracts';
import { redactJson, redactJsonObject } from './redact-json.ts';

const json: fc.Arbitrary<JsonValue> = fc
  .jsonValue({ maxDepth: 5 })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

describe('redactJson', () => {
  it('finds a secret at any depth, in values and in names', () => {
    const secret = 'Zq7secretZq7';
    const nest = fc.array(fc.constantFrom('list', 'object', 'name', 'member'), { maxLength: 10 });
    fc.assert(
      fc.property(nest, json, (path, sibling) => {
        const planted = path.reduce<JsonValue>((inner, kind) => {
          if (kind === 'list') return [sibling, inner];
          if (kind === 'name') return { [`mail ${secret}@example.com`]: inner };
          return kind === 'member' ? { sibling, password: secret, inner } : { sibling, inner };
        }, `Bearer ${secret}`);
        expect(JSON.stringify(redactJson(planted).value)).not.toContain(secret);
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(json, (value) => {
        const once = redactJson(value).value;
        expect(redactJson(once)).toEqual({ value: once, count: 0 });
      }),
    );
  });

  it('hides the whole value of a secret member', () => {
    expect(redactJsonObject({ api_key: { nested: ['x'] }, authToken: 17, token: null, ok: 1 })).toEqual({
      value: { api_key: '[redacted:secret]', authToken: '[redacted:secret]', token: null, ok: 1 },
      count: 2,
    });
  });

  it('hides a card number that came as a number', () => {
    expect(redactJson([4111111111111111, 1767225600000]).value).toEqual(['[redacted:card]', 1767225600000]);
  });

  it('counts a name that it cuts, and gives back the very same object where there is nothing to take out', () => {
    expect(redactJson({ ['n'.repeat(201)]: 1 })).toEqual({ value: { ['n'.repeat(200)]: 1 }, count: 1 });
    const harmless = { message: 'it failed', frames: [{ function: 'add', in_app: true }] };
    expect(redactJson(harmless).value).toBe(harmless);
  });

  it('cuts what is too deep and too much', () => {
    const deep = Array.from({ length: 40 }).reduce<JsonValue>((inner) => ({ inner }), 'bottom');
    expect(JSON.stringify(redactJson(deep).value)).not.toContain('bottom');
    const wide = redactJson(Array.from({ length: 20_000 }, (_, i) => i));
    expect(wide.value).toHaveLength(5_000);
    expect(wide.count).toBe(1);
  });

  it('takes a member named __proto__ as data', () => {
    const hostile = JSON.parse('{"__proto__": {"polluted": true}}') as JsonValue;
    expect(JSON.stringify(redactJson(hostile).value)).toBe('{"__proto__":{"polluted":true}}');
  });

  it('keeps both members when two names become one', () => {
    expect(redactJson({ 'a@x.com': 1, 'b@x.com': 2 }).value).toEqual({ '[redacted:email]': 1, '[redacted:email]~2': 2 });
  });
});
