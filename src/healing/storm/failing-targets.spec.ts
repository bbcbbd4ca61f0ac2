import { describe, expect, it } from '@jest/globals';
import { FailingTargets } from './failing-targets.ts';

describe('targets that fail', () => {
  it('count once for each kind of fault, however often they are seen', () => {
    const failing = new FailingTargets();
    for (const atMs of [1, 2, 3]) failing.note('service-down', 'memory', atMs);
    failing.note('service-down', 'rag', 2);
    failing.note('memory-leak', 'memory', 2);
    expect(failing.count('service-down', 0)).toBe(2);
    expect(failing.count('memory-leak', 0)).toBe(1);
    expect(failing.count('other', 0)).toBe(0);
    expect(failing.symptomsOf('memory')).toEqual(['service-down', 'memory-leak']);
    expect(failing.symptomsOf('rag')).toEqual(['service-down']);
    expect(failing.symptoms()).toEqual(['service-down', 'memory-leak']);
  });

  it('count from when they were seen last, also when that is told first', () => {
    const failing = new FailingTargets();
    failing.note('service-down', 'rag', 5);
    failing.note('service-down', 'memory', 9);
    failing.note('service-down', 'memory', 5);
    expect(failing.count('service-down', 5)).toBe(1);
    expect(failing.count('service-down', 8)).toBe(1);
    expect(failing.count('service-down', 9)).toBe(0);
    expect(failing.symptomsOf('memory')).toEqual([]);
  });
});
