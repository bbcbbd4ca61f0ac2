import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '#libs/contracts';
import { findSettingProblems, LIMIT_MEANINGS, SAFE_LIMITS } from './policy-settings.ts';

describe('settings that somebody wants', () => {
  it.each<[string, JsonValue]>([
    ['autonomy', 'ask'],
    ['never_touch', false],
    ['max_live_fixes', 0],
    ['max_live_fixes', 1_000_000],
    ['storm_share', 0.25],
    ['approval_ttl_ms', 86_400_000],
    ['autonomy', null],
    ['storm_share', null],
  ])('are right: %s = %j', (name, value) => {
    expect(findSettingProblems({ [name]: value })).toEqual([]);
  });

  it.each<[string, JsonValue]>([
    ['autonomy', 'full'],
    ['autonomy', 3],
    ['never_touch', 'yes'],
    ['max_live_fixes', -1],
    ['max_live_fixes', 1.5],
    ['max_live_fixes', '3'],
    ['max_live_fixes', 1_000_001],
    ['storm_share', 1.01],
    ['approval_ttl_ms', 86_400_001],
    ['toString', 1],
    ['__proto__x', null],
  ])('are wrong: %s = %j', (name, value) => {
    expect(findSettingProblems({ [name]: value })).toEqual([expect.stringContaining(name)]);
  });

  it('are right as they are where nobody has set anything, and all of them are explained', () => {
    expect(findSettingProblems({ ...SAFE_LIMITS })).toEqual([]);
    expect(Object.keys(LIMIT_MEANINGS)).toEqual(Object.keys(SAFE_LIMITS));
  });
});
