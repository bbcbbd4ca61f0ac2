import { describe, expect, it } from '@jest/globals';
import { tellProcess } from './service-words.ts';

describe('the process of a service', () => {
  it('is named where it is known', () => {
    expect(tellProcess({ state: 'healthy', pid: 4711 })).toBe('4711');
  });

  it('is said to be none only where its agent says that it has stopped', () => {
    const states = ['stopped', 'healthy', 'unhealthy', 'starting', 'stale', 'unknown'] as const;
    expect(states.map((state) => tellProcess({ state, pid: null }))).toEqual([
      'none',
      ...Array.from({ length: 5 }, () => 'unknown'),
    ]);
  });
});
