import { describe, expect, it } from '@jest/globals';
import { failRound, judgeRound, type Observations } from './wound-round.ts';

const stats = (sent: number, lost: number): Observations['before'] => ({
  total: { sent, answered: sent - lost, lost },
  kinds: {},
});
const world = (restarts: number, isAnswering: boolean): Observations['world'] => ({
  restarts,
  isAnswering,
  answersAgainAtMs: undefined,
});
const strike = (): never => {
  throw new Error('nothing is broken here');
};

const healed: Observations = {
  variant: { name: 'service-down', expected: 'healed', victims: ['rag'], strike },
  round: 1,
  victim: 'rag',
  story: { ending: 'healed', commands: 1, detectedAtMs: 1_100, endedAtMs: 8_000 },
  world: world(1, true),
  brokenAtMs: 1_000,
  before: stats(10, 0),
  after: stats(50, 3),
  usersServed: true,
  violations: [],
};
const escalated: Observations = {
  ...healed,
  variant: { ...healed.variant, expected: 'escalated', expectedReason: 'attempts-exhausted' },
  story: { ending: 'escalated', reasonCode: 'attempts-exhausted', commands: 2 },
  world: world(2, false),
  usersServed: null,
};
const held: Observations = {
  ...escalated,
  variant: { ...healed.variant, expected: 'held', expectedReason: 'dependency-is-up:dependency-is-down' },
  story: { ending: 'held', reasonCode: 'dependency-is-up:dependency-is-down', commands: 0 },
  world: world(0, false),
};

describe('a round', () => {
  it('tells times from the break and what users lost', () => {
    expect(judgeRound(healed)).toMatchObject({ detected: 0.1, ended: 7, decided: null, lostRequests: 3, sentRequests: 40 });
  });

  it.each([
    ['healed', healed],
    ['escalated', escalated],
    ['held', held],
  ])('that was %s as it had to be is as expected', (_, seen) => {
    expect(judgeRound(seen)).toMatchObject({ worldAgrees: true, isAsExpected: true });
  });

  it.each<[string, Observations]>([
    ['ended otherwise', { ...healed, story: { ...healed.story, ending: 'escalated' } }],
    ['came to no end', { ...healed, story: { commands: 1 } }],
    ['is called healed while nothing answers', { ...healed, world: world(1, false) }],
    ['is called healed without a new process', { ...healed, world: world(0, true) }],
    ['started a process that nobody commanded', { ...healed, world: world(2, true) }],
    ['leaves users without what they want', { ...healed, usersServed: false }],
    ['breaks a law of the log', { ...healed, violations: [{ code: 'version-gap', sentence: '', positions: [], ids: [] }] }],
    ['was given up without an attempt', { ...escalated, story: { ...escalated.story, commands: 0 }, world: world(0, false) }],
    ['was given up after three', { ...escalated, story: { ...escalated.story, commands: 3 } }],
    ['was given up for another reason', { ...escalated, story: { ...escalated.story, reasonCode: 'no-owner' } }],
    ['is called given up while it answers', { ...escalated, world: world(2, true) }],
    ['was held for another reason', { ...held, story: { ...held.story, reasonCode: 'no-rule' } }],
    ['was held and yet started', { ...held, world: world(1, false) }],
  ])('that %s is not as expected', (_, seen) => {
    expect(judgeRound(seen).isAsExpected).toBe(false);
  });

  it('that could not be looked at has measured nothing', () => {
    expect(failRound(healed, 'no server')).toMatchObject({
      isAsExpected: false,
      detected: null,
      ended: null,
      error: 'no server',
    });
  });
});
