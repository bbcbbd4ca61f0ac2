import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PERSONAL_RULES } from './personal-patterns.ts';
import { SECRET_RULES } from './secret-patterns.ts';

const RULES = [...SECRET_RULES, ...PERSONAL_RULES];
const PIECES =
  `-----BEGIN RSA PRIVATE KEY-----|a://u:p@h|Cookie: |set-cookie2=|password|api_key":"|token=|otp: '|Bearer abcdef|basic QUJDRA==
eyJabcd.ef|sk-|rk_|ghp_|npm_|AKIA|xoxb-|SG.|fo1_|fm1r_|fm2_|SU|0123456789ABCDEF|ABCDEFGHIJKLMNOPQRSTUVWXYZ234567|+/=+/=+/=+/=+/=+/=+/=
?a=b|a@b.c|4111| |-|1|.|1.2.3.4|:|::|a:|+62|(|"|\\|é`.split(/[|\n]/);
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 24 }).map((pieces) => pieces.join(''));

describe('the hint of a redaction rule', () => {
  it.each(RULES.map((rule) => [rule.pattern.source.slice(0, 60), rule] as const))(
    'is in every text that is matched by %s',
    (_, { pattern, hint }) => {
      let matched = 0;
      fc.assert(
        fc.property(text, (sample) => {
          for (const [match] of sample.matchAll(pattern)) {
            matched += 1;
            expect(match).toMatch(hint);
          }
        }),
        { numRuns: 3_000, seed: 1 },
      );
      expect(matched).toBeGreaterThan(0);
    },
  );

  it('is not in what reports mostly hold, or it would save nothing', () => {
    const ordinary = ['http', 'failing', 'consecutive', 'app/cart', 'cart.add(item)', 'undefined is not a function', 'TypeError'];
    expect(ordinary.filter((sample) => RULES.some(({ hint }) => hint.test(sample)))).toEqual([]);
  });
});
