import { describe, expect, it } from '@jest/globals';
import { planByChance, type RelayedMessage } from './relay-plan.ts';

const ODDS = { seed: 3, touches: ({ subject }: RelayedMessage) => subject.startsWith('report'), copies: 5, latestMs: 1_000 };
const take = (
  count: number,
  odds: Parameters<typeof planByChance>[0],
  subject = 'report.a',
): (readonly number[] | undefined)[] => {
  const plan = planByChance(odds);
  return Array.from({ length: count }, () => plan({ direction: 'request', subject }));
};

describe('what is left to chance', () => {
  it('is how late each copy is, and so which message comes first', () => {
    const plans = take(50, ODDS).map((delays) => delays ?? []);
    expect(plans.every((delays) => delays.length === 5 && delays.every((delay) => delay >= 0 && delay < 1_000))).toBe(true);
    const firsts = plans.map((delays) => Math.min(...delays));
    expect(firsts).not.toEqual(firsts.toSorted((a, b) => a - b));
  });

  it('is whether a message arrives at all', () => {
    const lost = take(400, { ...ODDS, dropShare: 0.25 }).filter((delays) => delays?.length === 0).length;
    expect(lost).toBeGreaterThan(50);
    expect(lost).toBeLessThan(150);
  });

  it('leaves out what is not to be touched', () => {
    expect(take(1, ODDS, 'ping')).toEqual([undefined]);
  });

  it('follows from the seed for each subject, whatever else is said', () => {
    const plan = planByChance(ODDS);
    const mixed = Array.from({ length: 10 }, () => {
      plan({ direction: 'request', subject: 'report.b' });
      return plan({ direction: 'request', subject: 'report.a' });
    });
    expect(mixed).toEqual(take(10, ODDS));
    expect(take(10, { ...ODDS, seed: 4 })).not.toEqual(mixed);
  });
});
