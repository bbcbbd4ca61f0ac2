import { describe, expect, it } from '@jest/globals';
import { HEADERS } from '#libs/contracts';
import { buildMessage } from '../../test/builders/inbound-message-builder.ts';
import { BEGIN_MS } from '../../test/builders/incident-builder.ts';
import { computeMessageAgeMs } from './message-age.ts';

const ageOf = (claimed: string | undefined, storedAgoMs: number): number =>
  computeMessageAgeMs(
    buildMessage({ headers: claimed === undefined ? {} : { [HEADERS.ageMs]: claimed } }),
    BEGIN_MS - storedAgoMs,
    BEGIN_MS,
  );

describe('computeMessageAgeMs', () => {
  it("adds the agent's own age to the time since the broker stored it", () => {
    expect(ageOf('1500', 700)).toBe(2200);
    expect(ageOf(undefined, 700)).toBe(700);
  });

  it.each(['-5000', 'soon', 'NaN', '-Infinity', 'Infinity', ''])('takes a claim of %p for none', (claimed) => {
    expect(ageOf(claimed, 700)).toBe(700);
  });

  it('is as high as what it was stored at seems to lie ahead, since then nobody knows it', () => {
    expect(ageOf('0', -5)).toBe(5);
    expect(ageOf('0', -3_600_000)).toBe(3_600_000);
  });

  it('takes thirty days for the oldest', () => {
    expect(ageOf('1e300', 0)).toBe(30 * 24 * 3_600_000);
  });
});
