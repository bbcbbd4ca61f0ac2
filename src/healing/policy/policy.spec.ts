import { describe, expect, it } from '@jest/globals';
import type { JsonObject, Scope } from '#libs/contracts';
import type { Strategy } from '#libs/fix-strategies';
import { BEGIN_MS } from '../../../test/builders/incident-builder.ts';
import { buildService } from '../../../test/builders/fix-builder.ts';
import { getRestart, likeRestart } from '../../../test/builders/strategy-builder.ts';
import type { PolicyEvent } from './policy.events.ts';
import { evolvePolicy, NO_POLICY, type PolicyWord, resolveLimits, resolvePolicy } from './policy.ts';
import { SAFE_LIMITS } from './policy-settings.ts';

const set = (scope: Scope, settings: JsonObject): PolicyEvent => ({
  type: 'PolicyChanged',
  data: { scope, settings, source: 'person', reason: 'r' },
});
const freeze = (id: string, scope: Scope, [fromMs, untilMs]: [number, number?]): PolicyEvent => ({
  type: 'FreezeBegun',
  data: {
    freeze_id: id,
    scope,
    from: new Date(BEGIN_MS + fromMs).toISOString(),
    until: untilMs === undefined ? null : new Date(BEGIN_MS + untilMs).toISOString(),
    reason: 'r',
  },
});
const fold = (...events: PolicyEvent[]) => events.reduce(evolvePolicy, NO_POLICY);
function word(events: PolicyEvent[], { service = buildService(), strategy = getRestart(), afterMs = 0 } = {}): PolicyWord {
  return resolvePolicy(fold(...events), { service, target: 'memory', strategy, nowMs: BEGIN_MS + afterMs });
}
const like = (parts: Partial<Strategy>, facts: Partial<Strategy['facts']> = {}): Strategy => likeRestart(facts, parts);

describe('a limit', () => {
  it('is the safe one until a scope sets it, and the closest scope counts', () => {
    const policy = fold(
      set('strategy:restart/service', { max_actions_per_hour: 3 }),
      set('service:memory', { max_actions_per_hour: 2, min_failed_checks: 4 }),
      set('global', { max_actions_per_hour: 1, min_failed_checks: 5, max_live_fixes: 6 }),
    );
    const at = (service: string, strategy: string) => resolveLimits(policy, { service, strategy });
    expect(at('memory', 'restart/service')).toEqual({
      ...SAFE_LIMITS,
      max_actions_per_hour: 3,
      min_failed_checks: 4,
      max_live_fixes: 6,
    });
    expect(at('rag', 'restart/recycle-pool')).toMatchObject({ max_actions_per_hour: 1, min_failed_checks: 5 });
    expect(resolveLimits(NO_POLICY, { service: 'memory', strategy: 'restart/service' })).toEqual(SAFE_LIMITS);
  });

  it('goes back to the wider scope with null, and stays what it was where it is not named', () => {
    const events = [
      set('global', { max_actions_per_hour: 1 }),
      set('service:memory', { max_actions_per_hour: 2, min_failed_checks: 4 }),
      set('service:memory', { max_actions_per_hour: null }),
    ];
    expect(word(events).limits).toMatchObject({ max_actions_per_hour: 1, min_failed_checks: 4 });
  });
});

describe('autonomy', () => {
  it.each<[string, PolicyEvent[], Parameters<typeof word>[1], string]>([
    ['what the catalogue says', [], {}, 'auto'],
    ['the least, here of everything', [set('global', { autonomy: 'shadow' })], {}, 'shadow'],
    ['the least, here of the strategy', [set('strategy:restart/service', { autonomy: 'off' })], {}, 'off'],
    ['no more for a wider scope', [set('global', { autonomy: 'auto' })], { service: buildService({ autonomy: 'ask' }) }, 'ask'],
    [
      'what a person sets for the service',
      [set('service:memory', { autonomy: 'auto' })],
      { service: buildService({ autonomy: 'ask' }) },
      'auto',
    ],
    ['ask for what can not be undone', [], { strategy: like({}, { reversal: 'irreversible' }) }, 'ask'],
    ['ask for a patch', [], { strategy: like({ family: 'patch' }) }, 'ask'],
    [
      'auto for a patch that a person has raised',
      [set('strategy:restart/service', { autonomy: 'auto' })],
      { strategy: like({ family: 'patch' }) },
      'auto',
    ],
    [
      'ask for that patch where it is critical',
      [set('strategy:restart/service', { autonomy: 'auto' })],
      { strategy: like({ family: 'patch' }), service: buildService({ critical: true }) },
      'ask',
    ],
  ])('is %s', (_what, events, parts, expected) => {
    expect(word(events, parts).autonomy).toBe(expected);
  });

  it('is off for what the catalogue does not know', () => {
    const asked = { service: undefined, target: 'memory', strategy: getRestart(), nowMs: BEGIN_MS };
    expect(resolvePolicy(NO_POLICY, asked).autonomy).toBe('off');
  });
});

describe('what must not be touched', () => {
  it('is told with the scope that says so, until that is taken back', () => {
    const touch = (never: boolean | null) => set('service:memory', { never_touch: never });
    expect(word([touch(true)]).neverTouch).toBe('service:memory');
    expect(word([touch(true), touch(null)]).neverTouch).toBeUndefined();
    expect(word([set('service:rag', { never_touch: true })]).neverTouch).toBeUndefined();
  });
});

describe('a freeze', () => {
  it('holds from its begin until before its end, in its scope', () => {
    const events = [freeze('one', 'service:memory', [1_000, 2_000]), freeze('other', 'service:rag', [0])];
    const frozen = [999, 1_000, 1_999, 2_000].map((afterMs) => word(events, { afterMs }).freeze?.freeze_id);
    expect(frozen).toEqual([undefined, 'one', 'one', undefined]);
  });

  it('is told as the one that ends last, and is over when a person ends it', () => {
    const events = [freeze('short', 'global', [0, 1_000]), freeze('open', 'global', [0])];
    const end: PolicyEvent = { type: 'FreezeEnded', data: { freeze_id: 'open', reason: 'r' } };
    expect(word(events).freeze?.freeze_id).toBe('open');
    expect(word([...events, end]).freeze?.freeze_id).toBe('short');
  });
});
