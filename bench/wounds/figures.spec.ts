import { describe, expect, it } from '@jest/globals';
import { toFigures } from './figures.ts';
import type { WoundRound } from './wound-round.ts';

const buildRound = (parts: Partial<WoundRound> = {}): WoundRound => ({
  variant: 'service-down',
  round: 1,
  victim: 'rag',
  expected: 'healed',
  ending: 'healed',
  reasonCode: null,
  worldAgrees: true,
  usersServed: true,
  isAsExpected: true,
  detected: 0.1,
  decided: 0.2,
  firstGreenProbe: 2,
  ended: 8,
  answersAgain: 1.5,
  attempts: 1,
  processesStarted: 1,
  lostRequests: 3,
  sentRequests: 60,
  violations: [],
  ...parts,
});

const failing = (rounds: readonly WoundRound[]): string[] =>
  toFigures(rounds[0]?.variant ?? '', rounds)
    .filter(({ holds }) => !holds)
    .map(({ name }) => name.split(': ')[1] ?? '');

describe('the figures of a wound', () => {
  it('all hold when each round healed in time', () => {
    expect(failing([buildRound(), buildRound({ round: 2 })])).toEqual([]);
  });

  it('name what did not hold', () => {
    expect(failing([buildRound(), buildRound({ isAsExpected: false })])).toEqual(['healed as expected']);
    expect(failing([buildRound({ detected: 1.6 })])).toEqual(['detected, median']);
    expect(failing([buildRound({ firstGreenProbe: 4.1 })])).toEqual(['first green own probe, median']);
    expect(failing([buildRound({ ended: 12.5 })])).toEqual(['resolved, median']);
    expect(failing([buildRound({ attempts: 3 })])).toEqual(['attempts, most']);
  });

  it('fail where one round came to no end: its time was not measured', () => {
    expect(failing([buildRound(), buildRound({ ending: 'no-end', ended: null, isAsExpected: false })])).toEqual([
      'healed as expected',
      'resolved, median',
    ]);
  });

  it('allow no attempt at all at what must be held', () => {
    const held = { variant: 'dependency-down', expected: 'held', ending: 'held', attempts: 0, firstGreenProbe: null } as const;
    expect(failing([buildRound(held)])).toEqual([]);
    expect(failing([buildRound({ ...held, attempts: 1 })])).toEqual(['attempts, most']);
  });
});
