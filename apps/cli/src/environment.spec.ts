import { describe, expect, it } from '@jest/globals';
import { dropSwitchedOff, wantsColour } from './environment.ts';

describe('the environment', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ TERM: 'dumb' }, true, false],
  ])('decides about colour: %j, terminal %j', (env, isTerminal, expected) => {
    expect(wantsColour(env, isTerminal)).toBe(expected);
  });

  it('forgets flags that are switched off and variables that are empty', () => {
    const env = { ZANTARA_ALL: 'false', ZANTARA_LATEST: '1', ZANTARA_URL: '', ZANTARA_LIMIT: '0', OTHER: '' };
    dropSwitchedOff(env);
    expect(env).toEqual({ ZANTARA_LATEST: '1', ZANTARA_LIMIT: '0', OTHER: '' });
  });
});
