import { describe, expect, it } from '@jest/globals';
import { SAFE_LIMITS } from '../policy/policy-settings.ts';
import { decideStorm, evolveStorms, isStorm, type Storms } from './storm.ts';
import type { StormEvent } from './storm.events.ts';

const SYMPTOM = 'service-down';
const CALM: Storms = new Set();
const STORM: Storms = new Set([SYMPTOM]);
const decide = (storms: Storms, failing: number, targets = 100): StormEvent['type'][] =>
  decideStorm(storms, { symptom: SYMPTOM, count: { failing, targets }, limits: SAFE_LIMITS }).map(({ type }) => type);

describe('a storm', () => {
  it.each([
    ['31 of 100', 31, 100, true],
    ['30 of 100, which is just the share', 30, 100, false],
    ['5 of 16', 5, 16, true],
    ['4 of 4, which is a small fleet', 4, 4, false],
    ['5 of 5', 5, 5, true],
    ['300 of 1,000', 300, 1_000, false],
    ['301 of 1,000', 301, 1_000, true],
    ['none of none', 0, 0, false],
  ])('by the usual limits: %s', (_what, failing, targets, expected) => {
    expect(isStorm({ failing, targets, isOn: false }, SAFE_LIMITS)).toBe(expected);
  });

  it('begins once, and says how many fail', () => {
    const [begun] = decideStorm(CALM, { symptom: SYMPTOM, count: { failing: 31, targets: 100 }, limits: SAFE_LIMITS });
    expect(begun).toEqual({
      type: 'StormDetected',
      data: { symptom: SYMPTOM, failing_targets: 31, all_targets: 100, window_ms: 60_000 },
    });
    expect(decide(STORM, 31)).toEqual([]);
    expect(decide(STORM, 100)).toEqual([]);
  });

  it('is over when no more than half as many fail as make one, and not before', () => {
    expect(decide(STORM, 30)).toEqual([]);
    expect(decide(STORM, 16)).toEqual([]);
    expect(decide(STORM, 15)).toEqual(['StormEnded']);
    expect(decide(CALM, 15)).toEqual([]);
  });

  it('is one of its own for each kind of fault', () => {
    const both = evolveStorms(STORM, {
      type: 'StormDetected',
      data: { symptom: 'memory-leak', failing_targets: 9, all_targets: 9, window_ms: 1 },
    });
    expect([...both]).toEqual([SYMPTOM, 'memory-leak']);
    expect([...evolveStorms(both, { type: 'StormEnded', data: { symptom: SYMPTOM } })]).toEqual(['memory-leak']);
  });
});
