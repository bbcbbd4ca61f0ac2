import type { Violation } from '#libs/testing';
import type { UserStats } from './stage.ts';
import type { Story } from './story.ts';
import type { Variant } from './variant.ts';

/** What became of one round. */
export interface WoundRound {
  variant: string;
  round: number;
  victim: string;
  expected: string;
  /** How the log says that it ended; `no-end` when it came to none. */
  ending: string;
  reasonCode: string | null;
  /** What the world shows is what the log says. */
  worldAgrees: boolean;
  /** Users of every kind get what they want again, without a loss in at least one of two looks; after healing only. */
  usersServed: boolean | null;
  isAsExpected: boolean;
  /** Seconds from the break, by the log. */
  detected: number | null;
  decided: number | null;
  firstGreenProbe: number | null;
  ended: number | null;
  /** Seconds from the break to the first answer of the service, seen from outside. */
  answersAgain: number | null;
  attempts: number;
  processesStarted: number;
  /** From the break until a user's time-out after the ending. */
  lostRequests: number;
  sentRequests: number;
  violations: readonly Violation[];
  /** Why the round could not be looked at to its end. */
  error?: string;
}

export const MOST_ATTEMPTS = 2;

export interface Observations {
  variant: Variant;
  round: number;
  victim: string;
  story: Story;
  /** What was seen from outside at the end of the round. */
  world: { isAnswering: boolean; restarts: number; answersAgainAtMs: number | undefined };
  brokenAtMs: number;
  before: UserStats;
  after: UserStats;
  usersServed: boolean | null;
  violations: readonly Violation[];
}

export function judgeRound(seen: Observations): WoundRound {
  const { variant, round, victim, story, world, brokenAtMs, before, after, usersServed, violations } = seen;
  const since = (atMs: number | undefined): number | null => (atMs === undefined ? null : (atMs - brokenAtMs) / 1000);
  return {
    variant: variant.name,
    round,
    victim,
    expected: variant.expected,
    ending: story.ending ?? 'no-end',
    reasonCode: story.reasonCode ?? null,
    worldAgrees: doesWorldAgree(seen),
    usersServed,
    isAsExpected: isAsExpected(seen),
    detected: since(story.detectedAtMs),
    decided: since(story.decidedAtMs),
    firstGreenProbe: since(story.firstGreenProbeAtMs),
    ended: since(story.endedAtMs),
    answersAgain: since(world.answersAgainAtMs),
    attempts: story.commands,
    processesStarted: world.restarts,
    lostRequests: after.total.lost - before.total.lost,
    sentRequests: after.total.sent - before.total.sent,
    violations,
  };
}

function isAsExpected(seen: Observations): boolean {
  const { variant, story, usersServed, violations } = seen;
  if (story.ending !== variant.expected || !doesWorldAgree(seen)) return false;
  if (variant.expectedReason !== undefined && story.reasonCode !== variant.expectedReason) return false;
  const attempts = variant.expected === 'held' ? story.commands === 0 : story.commands >= 1 && story.commands <= MOST_ATTEMPTS;
  return attempts && usersServed !== false && violations.length === 0;
}

/** No process was started that nobody had commanded, and the service is up or down as the log has it. */
function doesWorldAgree({ story, world }: Observations): boolean {
  if (world.restarts > story.commands) return false;
  switch (story.ending) {
    case 'healed':
      return world.isAnswering && world.restarts === 1;
    case 'escalated':
      return !world.isAnswering && world.restarts >= 1;
    case 'held':
      return !world.isAnswering && world.restarts === 0;
    case undefined:
      return false;
  }
}

/** A round that could not be looked at: nothing of it was measured, and nothing of it holds. */
export const failRound = (
  { variant, round, victim }: Pick<Observations, 'variant' | 'round' | 'victim'>,
  error: string,
): WoundRound => ({
  variant: variant.name,
  round,
  victim,
  expected: variant.expected,
  ending: 'no-end',
  reasonCode: null,
  worldAgrees: false,
  usersServed: null,
  isAsExpected: false,
  detected: null,
  decided: null,
  firstGreenProbe: null,
  ended: null,
  answersAgain: null,
  attempts: 0,
  processesStarted: 0,
  lostRequests: 0,
  sentRequests: 0,
  violations: [],
  error,
});
