import { describe, expect, it } from '@jest/globals';
import { describeViolations } from '#libs/testing';
import { runWound } from '../bench/wounds/run-wound.ts';
import { VARIANTS } from '../bench/wounds/variant.ts';

// Another service of the ecosystem each time.
const rounds = VARIANTS.map((variant, index) => ({ variant, round: index + 1, ...variant }));

describe('the example ecosystem', () => {
  it.each(rounds)(
    '$name ends $expected, and the world shows it',
    async ({ variant, round }) => {
      const { violations, ...found } = await runWound(variant, round);
      expect(describeViolations(violations)).toBe('');
      expect(found).toMatchObject({ ending: variant.expected, worldAgrees: true, isAsExpected: true });
      if (variant.expected !== 'held') expect(found.attempts).toBeGreaterThan(0);
    },
    240_000,
  );
});
