import { describe, expect, it } from '@jest/globals';
import type { JsonObject, Scope } from '#libs/contracts';
import { type ChangePolicy, decidePolicy, type PolicyCommand } from './policy.decider.ts';
import { evolvePolicy, NO_POLICY, type Policy } from './policy.ts';

const change = (settings: JsonObject, scope: Scope = 'global', source: ChangePolicy['source'] = 'person'): ChangePolicy => ({
  type: 'ChangePolicy',
  scope,
  settings,
  source,
  reason: 'r',
});
const begin = { type: 'BeginFreeze', freezeId: 'f', scope: 'global', from: '2026-01-01T00:00:00.000Z', reason: 'r' } as const;
const after = (...commands: PolicyCommand[]): Policy =>
  commands.reduce((policy, command) => decidePolicy(policy, command).reduce(evolvePolicy, policy), NO_POLICY);

describe('a change of the settings', () => {
  it('is stored where it changes something, and only there', () => {
    const wanted = change({ max_live_fixes: 3 });
    expect(decidePolicy(NO_POLICY, wanted)).toEqual([
      { type: 'PolicyChanged', data: { scope: 'global', settings: { max_live_fixes: 3 }, source: 'person', reason: 'r' } },
    ]);
    expect(decidePolicy(after(wanted), wanted)).toEqual([]);
    expect(decidePolicy(after(wanted), change({ max_live_fixes: null }))).toHaveLength(1);
    expect(decidePolicy(NO_POLICY, change({ max_live_fixes: null }))).toEqual([]);
  });

  it('is refused as a whole, with everything that is wrong', () => {
    const wrong = change({ max_live_fixes: 1, min_failed_checks: -1, speed: 3 }, 'service:memory');
    expect(() => decidePolicy(NO_POLICY, wrong)).toThrow(
      expect.objectContaining({
        code: 'invalid-policy',
        message: expect.stringMatching(/min_failed_checks.*speed.*max_live_fixes: holds for the whole fleet/),
      }),
    );
  });

  it('by the file of the catalogue undoes nothing that a person set since', () => {
    const file = change({ autonomy: 'auto' }, 'service:memory', 'catalogue');
    const changed = after(file, change({ autonomy: 'ask' }, 'service:memory'));
    expect(decidePolicy(changed, file)).toEqual([]);
    expect(changed.settings.get('service:memory')).toEqual({ autonomy: 'ask' });
    const another = change({ autonomy: 'off' }, 'service:memory', 'catalogue');
    expect(decidePolicy(changed, another)).toHaveLength(1);
  });
});

describe('a freeze', () => {
  it('begins once, and may end by itself', () => {
    const until = '2026-01-01T00:00:01.000Z';
    expect(decidePolicy(NO_POLICY, { ...begin, until })).toMatchObject([{ type: 'FreezeBegun', data: { until } }]);
    expect(decidePolicy(after({ ...begin, until }), { ...begin, until })).toEqual([]);
  });

  it('can not end before it begins', () => {
    expect(() => decidePolicy(NO_POLICY, { ...begin, until: begin.from })).toThrow(
      expect.objectContaining({ code: 'invalid-freeze' }),
    );
  });

  it('is ended by its id, once', () => {
    const end = { type: 'EndFreeze', freezeId: 'f', reason: 'r' } as const;
    const frozen = after({ ...begin, until: null });
    expect(decidePolicy(frozen, end)).toMatchObject([{ type: 'FreezeEnded', data: { freeze_id: 'f' } }]);
    expect(() => decidePolicy(after({ ...begin, until: null }, end), end)).toThrow(
      expect.objectContaining({ code: 'freeze-not-found' }),
    );
  });
});
