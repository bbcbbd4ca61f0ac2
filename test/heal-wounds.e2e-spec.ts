/** @machine half */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { describeViolations } from '#libs/testing';
import { runWound } from '../bench/wounds/run-wound.ts';
import { VARIANTS } from '../bench/wounds/variant.ts';
import type { WoundRound } from '../bench/wounds/wound-round.ts';
import { runRounds } from './system/in-parallel.ts';

/** Each is a whole installation that waits most of the time. */
const AT_ONCE = 2;

describe('the example ecosystem', () => {
  const found = new Map<string, WoundRound>();

  beforeAll(async () => {
    await runRounds(VARIANTS.length, AT_ONCE, async (index) => {
      const variant = VARIANTS[index];
      // Another service of the ecosystem each time.
      if (variant !== undefined) found.set(variant.name, await runWound(variant, index + 1));
    });
  }, 600_000);

  it.each(VARIANTS)('$name ends $expected, and the world shows it', ({ name, expected }) => {
    const round = found.get(name);
    expect(describeViolations(round?.violations ?? [])).toBe('');
    const usersServed = expected === 'healed' ? true : null;
    expect(round).toMatchObject({ ending: expected, worldAgrees: true, usersServed, isAsExpected: true });
    if (expected !== 'held') expect(round?.attempts).toBeGreaterThan(0);
  });
});
