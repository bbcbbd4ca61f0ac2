import { describe, expect, it } from '@jest/globals';
import type { Scope } from '#libs/contracts';
import { evolveStops, findStop, NOTHING_STOPPED } from './control.ts';

const stopped = (scope: Scope) => ({ type: 'HealingStopped', data: { scope, reason: 'r' } }) as const;
const resumed = (scope: Scope) => ({ type: 'HealingResumed', data: { scope, reason: 'r' } }) as const;
const at = { service: 'memory', strategy: 'restart/service' };

describe('what is stopped', () => {
  it('is each scope until that very scope is resumed', () => {
    const events = [stopped('global'), stopped('service:memory'), stopped('global'), resumed('global'), resumed('service:rag')];
    expect([...events.reduce(evolveStops, NOTHING_STOPPED)]).toEqual(['service:memory']);
  });

  it.each<[Scope, boolean]>([
    ['global', true],
    ['service:memory', true],
    ['strategy:restart/service', true],
    ['service:memory-2', false],
    ['strategy:restart/recycle-pool', false],
  ])('covers a restart of memory under %s: %s', (scope, isCovered) => {
    expect(findStop(new Set([scope]), at)).toBe(isCovered ? scope : undefined);
  });
});
