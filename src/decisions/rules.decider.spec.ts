import { describe, expect, it } from '@jest/globals';
import { STRATEGIES, StrategyRegistry } from '#libs/fix-strategies';
import { buildEvidence } from '../../test/builders/incident-builder.ts';
import type { Symptom } from '../incidents/symptom.ts';
import { findRule, RULE_TABLE } from './rule-table.ts';
import type { LearnedRate } from '../learning/learned-rate.ts';
import { applyRules, type LadderKnowledge, rankLadder } from './rules.decider.ts';

/** The seven wounds: symptom, family of the fix, and when a person is told. */
const WOUNDS: [Symptom, string, RegExp][] = [
  ['module-import', 'patch/convert-to-module', /module conflict/],
  ['syntax', 'patch/repair-syntax', /parsed.*ambiguous/],
  ['missing-file', 'patch/comment-out-import', /critical.*bindings/],
  ['server-error', 'retry/with-fallback', /persists/],
  ['service-down', 'restart/service', /restart fails/],
  ['database-connection', 'restart/recycle-pool', /exhausted/],
  ['memory-leak', 'restart/after-memory-leak', /out of memory/],
];

const NOTHING_LEARNED: LadderKnowledge = { registry: new StrategyRegistry(), tried: [], learned: [] };

describe('the rule table', () => {
  it.each(WOUNDS)('knows a fix for %s, and when it escalates', (symptom, strategy, escalatesWhen) => {
    const rule = findRule(symptom);
    expect(rule?.strategies[0]).toBe(strategy);
    expect(rule?.escalatesWhen).toMatch(escalatesWhen);
  });

  it('has the seven wounds and nothing else', () => {
    expect(RULE_TABLE.map(({ symptom }) => symptom)).toEqual(WOUNDS.map(([symptom]) => symptom));
    expect(new Set(RULE_TABLE.map(({ id }) => id)).size).toBe(RULE_TABLE.length);
    expect(findRule('other')).toBeUndefined();
  });

  it('names every strategy of the registry', () => {
    const named = RULE_TABLE.flatMap(({ strategies }) => strategies);
    expect(STRATEGIES.map(({ id }) => id).filter((id) => !named.includes(id))).toEqual([]);
  });
});

describe('applyRules', () => {
  it('chooses the restart for a service that is down', () => {
    expect(applyRules('memory', buildEvidence(), NOTHING_LEARNED)).toMatchObject({
      rule: 'service-down',
      candidates: [{ strategy: 'restart/service', allowed: true, reason_code: 'rule-allows' }],
      choice: { id: 'restart/service' },
    });
  });

  it('says why a strategy may not be taken', () => {
    const calm = applyRules('memory', buildEvidence({ exited: false, consecutive_failures: 0 }), NOTHING_LEARNED);
    expect(calm).toMatchObject({ candidates: [{ allowed: false, reason_code: 'service-not-failing' }] });
    expect(calm.choice).toBeUndefined();
  });

  it('never acts by a strategy that this release lacks', () => {
    const lacking = WOUNDS.filter(([, strategy]) => !STRATEGIES.some(({ id }) => id === strategy));
    for (const [symptom] of lacking) {
      const outcome = applyRules('memory', buildEvidence({ symptom }), NOTHING_LEARNED);
      expect(outcome.candidates).toMatchObject([{ allowed: false, reason_code: 'strategy-not-available' }]);
      expect(outcome.choice).toBeUndefined();
    }
  });

  it('has nothing to offer for what it does not know', () => {
    expect(applyRules('memory', buildEvidence({ symptom: 'other' }), NOTHING_LEARNED)).toEqual({
      rule: 'none',
      version: 'rules@1',
      candidates: [],
      next: [],
      isExhausted: false,
    });
  });

  it('comes to the same from the same evidence', () => {
    expect(applyRules('memory', buildEvidence(), NOTHING_LEARNED)).toEqual(
      applyRules('memory', buildEvidence(), NOTHING_LEARNED),
    );
  });

  it('does not try again what did not help, and has a person told when nothing is left', () => {
    const outcome = applyRules('memory', buildEvidence(), { ...NOTHING_LEARNED, tried: ['restart/service'] });
    expect(outcome).toMatchObject({
      candidates: [{ strategy: 'restart/service', allowed: false, reason_code: 'tried-already' }],
      isExhausted: true,
    });
    expect(outcome.choice).toBeUndefined();
  });
});

describe('the ladder', () => {
  const rate = (strategy: string, low: number): LearnedRate => ({ strategy, n: 10, verified: 1, low, high: 1 });

  it('is that of the table where nothing is known', () => {
    expect(rankLadder(['a', 'b', 'c'], [])).toEqual(['a', 'b', 'c']);
  });

  it('begins with what has worked, by the lower end of its interval', () => {
    expect(rankLadder(['a', 'b', 'c'], [rate('b', 0.2), rate('c', 0.8)])).toEqual(['c', 'b', 'a']);
  });

  it('leaves what never worked where the table has it', () => {
    expect(rankLadder(['a', 'b', 'c'], [rate('a', 0), rate('b', 0)])).toEqual(['a', 'b', 'c']);
  });
});
