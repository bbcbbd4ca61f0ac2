import { describe, expect, it } from '@jest/globals';
import { judgeStop } from './judge-stop.ts';

describe('what came of a stop', () => {
  it('is judged by the last effect, the last agent to know, and what was done by those who knew', () => {
    const agents = [
      { effectsAtMs: [100, 9_491, 10_050], stoppedAtMs: 10_040 },
      { effectsAtMs: [9_900, 10_030], stoppedAtMs: 10_080 },
    ];
    expect(judgeStop({ flowedUntilMs: 9_990, askedAtMs: 10_000, agents })).toEqual({
      perSecond: 4,
      lastEffectMs: 50,
      lastKnownMs: 80,
      afterKnown: 1,
    });
  });

  it('is unknown where one agent never knew of it', () => {
    const agents = [
      { effectsAtMs: [], stoppedAtMs: 5 },
      { effectsAtMs: [], stoppedAtMs: undefined },
    ];
    expect(judgeStop({ flowedUntilMs: 0, askedAtMs: 0, agents })).toMatchObject({
      lastKnownMs: undefined,
      lastEffectMs: 0,
      afterKnown: 0,
    });
  });
});
