import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NO_EXPOSURES, type ExposureCounts, type Traffic } from './exposures.ts';
import { addLook, type Look, NOTHING_SEEN, type Tally } from './tally.ts';
import { type Judgement, judgeVerification, type VerificationFacts } from './verdict.ts';

/** What happens between two looks; counts are of this time alone. */
interface Step {
  ok: boolean;
  others?: Partial<ExposureCounts>;
  own?: Partial<ExposureCounts>;
  traffic?: Traffic;
}

const plus = (a: ExposureCounts, b: Partial<ExposureCounts> = {}): ExposureCounts => ({
  total: a.total + (b.total ?? 0),
  failed: a.failed + (b.failed ?? 0),
  masked: a.masked + (b.masked ?? 0),
});

function toLook({ counted }: Tally, { ok, others, own, traffic }: Step): Look {
  const known = { others: plus(counted.others, others), own: plus(counted.own, own) };
  return { ok, reasonCode: ok ? 'status-200' : 'timeout', counted: { ...known, ...(traffic && { traffic }) } };
}

/** The first verdict that the looks lead to; at their end the window ends. */
function judge(steps: readonly Step[], facts: Partial<VerificationFacts> = {}): Judgement & { looks: number } {
  const known = { failureRateBefore: 1, reported: 'nothing', speaksAgainst: true, hasWindowEnded: false, ...facts } as const;
  let tally = NOTHING_SEEN;
  for (const [index, step] of steps.entries()) {
    tally = addLook(tally, toLook(tally, step));
    const judgement = judgeVerification({ ...known, tally });
    if (judgement.verdict !== 'undecided') return { ...judgement, looks: index + 1 };
  }
  return { ...judgeVerification({ ...known, tally, hasWindowEnded: true }), looks: steps.length };
}

const times = (count: number, step: (index: number) => Step): Step[] => Array.from({ length: count }, (_, index) => step(index));
const clean = (count: number, more: Omit<Step, 'ok'> = {}): Step[] => times(count, () => ({ ok: true, ...more }));
const failed = (count: number): Step[] => times(count, () => ({ ok: false }));
const SLOW = { failureRateBefore: 0.3 };

const TABLE: readonly [service: string, what: string, steps: readonly Step[], facts: Partial<VerificationFacts>, word: string][] =
  [
    ['dead', 'answers again', clean(60), {}, 'verified clean-exposures after 6'],
    ['dead', 'never answers', failed(60), {}, 'recurred probe:timeout after 2'],
    ['dead', 'is reported again', clean(1), { reported: 'the-fault' }, 'recurred reported-again after 1'],
    ['dead', 'shows another fault', clean(1), { reported: 'another-fault' }, 'regressed new-fault-reported after 1'],
    ['slow', 'is quick again', clean(60), SLOW, 'verified clean-exposures after 20'],
    ['slow', 'is as slow as ever', times(60, (n) => ({ ok: n % 3 > 0 })), SLOW, 'recurred failure-rate-is-back after 20'],
    [
      'slow',
      'is slower than ever',
      clean(1, { others: { total: 40, failed: 30 } }),
      SLOW,
      'regressed failure-rate-is-worse after 1',
    ],
    ['flapping', 'stays up', clean(60), {}, 'verified clean-exposures after 6'],
    ['flapping', 'is up and down for a while each', times(60, (n) => ({ ok: n % 6 < 4 })), {}, 'recurred probe:timeout after 6'],
    ['flapping', 'is up and down in turns', times(60, (n) => ({ ok: n % 2 > 0 })), {}, 'recurred failure-rate-is-back after 7'],
    ['flapping', 'fails now and then', times(60, (n) => ({ ok: n % 4 > 0 })), {}, 'inconclusive window-ended after 60'],
    ['masked', 'needs no retry any more', clean(60, { others: { total: 5 } }), {}, 'verified clean-exposures after 1'],
    [
      'masked',
      'needs them as ever',
      clean(60, { others: { total: 5, masked: 1 } }),
      {},
      'inconclusive masked-by-retries after 60',
    ],
    [
      'masked',
      'needs them, as its own agent says',
      clean(60, { own: { total: 5, masked: 1 } }),
      {},
      'inconclusive masked-by-retries after 60',
    ],
    [
      'quiet',
      'has its traffic back',
      clean(60, { traffic: { requests: 50, expected: 60 } }),
      {},
      'verified clean-exposures after 6',
    ],
    [
      'quiet',
      'has lost it',
      clean(60, { traffic: { requests: 5, expected: 60 } }),
      {},
      'inconclusive traffic-has-halved after 60',
    ],
    ['quiet', 'had none before', clean(60, { traffic: { requests: 0, expected: 0 } }), {}, 'verified clean-exposures after 6'],
    [
      'busy',
      'answers everybody',
      clean(60, { others: { total: 100 } }),
      { failureRateBefore: 0.02 },
      'verified clean-exposures after 3',
    ],
    [
      'busy',
      'fails as often as before',
      clean(60, { others: { total: 100, failed: 2 } }),
      { failureRateBefore: 0.02 },
      'recurred failure-rate-is-back after 3',
    ],
    [
      'busy',
      'is dead but for its health check',
      clean(60, { others: { total: 5, failed: 5 } }),
      {},
      'recurred failure-rate-is-back after 1',
    ],
    [
      'busy',
      'has the noise of much traffic',
      clean(60, { others: { total: 1000, failed: 1 } }),
      {},
      'verified clean-exposures after 1',
    ],
  ];

describe('the verdict on a fix', () => {
  it.each(TABLE)('of a %s service that %s', (...[, , steps, facts, word]) => {
    const judgement = judge(steps, facts);
    const { verdict, looks } = judgement;
    expect(`${verdict} ${verdict === 'undecided' ? '' : judgement.reasonCode} after ${looks}`).toBe(word);
  });

  it('is not bad because probes fail where nobody knows whether anything was done', () => {
    expect(judge([...failed(20), ...clean(6)], { speaksAgainst: false })).toMatchObject({ verdict: 'verified', looks: 26 });
    expect(judge(failed(20), { speaksAgainst: false })).toMatchObject({ verdict: 'inconclusive', reasonCode: 'window-ended' });
  });
});

const counts = fc
  .tuple(fc.nat(20), fc.nat(3), fc.nat(3))
  .map(([more, bad, masked]) => ({ total: more + bad + masked, failed: bad, masked }));
const step: fc.Arbitrary<Step> = fc.record(
  {
    ok: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    others: fc.oneof(
      fc.constant(NO_EXPOSURES),
      fc.nat(20).map((total) => ({ total })),
      counts,
    ),
    own: fc.oneof(fc.constant(NO_EXPOSURES), counts),
    traffic: fc.record({ requests: fc.nat(50), expected: fc.nat(50) }),
  },
  { requiredKeys: ['ok'] },
);
const steps = fc.array(step, { maxLength: 40 });
const rate = fc.constantFrom(1, 0.5, 0.3, 0.1);
const after = (taken: readonly Step[]): Tally => taken.reduce((tally, next) => addLook(tally, toLook(tally, next)), NOTHING_SEEN);
const isVerified = (tally: Tally, failureRateBefore: number): boolean =>
  judgeVerification({ failureRateBefore, tally, reported: 'nothing', speaksAgainst: true, hasWindowEnded: false }).verdict ===
  'verified';

describe('the laws of verdicts', () => {
  /** What is verified in the second case is so in the first one, too. */
  const neverHelps = (worsen: (step: Step) => Step): void =>
    fc.assert(
      fc.property(steps, fc.nat(), rate, (taken, at, before) => {
        const worse = taken.map((one, index) => (index === at % Math.max(1, taken.length) ? worsen(one) : one));
        if (isVerified(after(worse), before)) expect(isVerified(after(taken), before)).toBe(true);
      }),
      { seed: 7, numRuns: 500 },
    );

  it('say that no data is no success', () => {
    expect(isVerified(NOTHING_SEEN, 1)).toBe(false);
  });

  it('say that a further failed exposure never helps', () => {
    neverHelps((one) => ({ ...one, others: plus(plus(NO_EXPOSURES, one.others), { total: 1, failed: 1 }) }));
  });

  it('say that a failed probe never helps', () => {
    neverHelps((one) => ({ ...one, ok: false }));
  });

  it('say that what a retry hid never helps', () => {
    neverHelps((one) => ({ ...one, others: plus(plus(NO_EXPOSURES, one.others), { total: 1, masked: 1 }) }));
  });

  it('say that nothing that the fixing agent counted helps', () => {
    fc.assert(
      fc.property(steps, rate, (taken, before) => {
        const without = taken.map(({ own: _own, ...one }) => one);
        if (isVerified(after(taken), before)) expect(isVerified(after(without), before)).toBe(true);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('say that nothing is verified without a green probe', () => {
    fc.assert(
      fc.property(steps, rate, (taken, before) => {
        if (isVerified(after(taken), before)) expect(taken.at(-1)?.ok).toBe(true);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('say that one verdict there is, once the window has ended', () => {
    fc.assert(
      fc.property(steps, rate, (taken, before) => {
        const facts = { failureRateBefore: before, tally: after(taken), reported: 'nothing', speaksAgainst: true } as const;
        expect(judgeVerification({ ...facts, hasWindowEnded: true }).verdict).not.toBe('undecided');
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
