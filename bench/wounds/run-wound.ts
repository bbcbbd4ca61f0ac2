import { setTimeout as sleep } from 'node:timers/promises';
import { checkStoredLog, readAgentLedger, type Violation, waitUntil } from '#libs/testing';
import { join } from 'node:path';
import { Stage, type UserCounts } from './stage.ts';
import { readStory, type Story } from './story.ts';
import type { Variant } from './variant.ts';
import { WorldWatch } from './world-watch.ts';

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
  lostRequests: number;
  sentRequests: number;
  violations: readonly Violation[];
}

/** Two attempts, their back-off and two verification windows fit in. */
const ENDS_WITHIN_MS = 180_000;
/** Longer than the 10 s after which a growing incident is decided again. */
const STAYS_AS_IT_IS_MS = 12_000;
const MOST_ATTEMPTS = 2;

/** One round: breaks, waits until the log says how it ended, and looks at the world itself. */
export async function runWound(variant: Variant, round: number): Promise<WoundRound> {
  const victim = variant.victims[(round - 1) % variant.victims.length] ?? '';
  const stage = await Stage.start(`-${variant.name.replaceAll(/[^a-z]/g, '').slice(0, 8)}${round}`);
  const watch = new WorldWatch(stage.service(victim));
  try {
    await waitUntil(() => watch.isAnswering && watch.pids.length === 1);
    return await observe({ variant, round, victim, stage, watch });
  } finally {
    await watch.stop();
    await stage.stop();
  }
}

interface Act {
  variant: Variant;
  round: number;
  victim: string;
  stage: Stage;
  watch: WorldWatch;
}

async function observe({ variant, round, victim, stage, watch }: Act): Promise<WoundRound> {
  const target = stage.service(victim).id;
  const before = await stage.users();
  const head = await stage.log.count('SELECT max(position) AS count FROM events');
  const brokenAtMs = Date.now();
  const fault = await variant.strike(stage, victim);
  const tell = (): Promise<Story> => readStory(stage.log, target, head);
  await waitUntil(async () => (await tell()).ending !== undefined, { withinMs: ENDS_WITHIN_MS, everyMs: 100 }).catch(
    () => undefined,
  );
  await fault.end();
  const ended = await tell();
  // What was given up must stay given up, and what was held must stay held.
  if (ended.ending !== 'healed') await sleep(STAYS_AS_IT_IS_MS);
  await untilUsersAreServed(stage, ended);
  const story = await tell();
  const after = await stage.users();
  const violations = await check(stage);
  return toRound({ variant, round, victim, story, brokenAtMs, watch, before, after, violations });
}

/** What the last requests came to is known after their time-out only. */
async function untilUsersAreServed(stage: Stage, { ending }: Story): Promise<void> {
  if (ending !== 'healed') return;
  const { answered, lost } = await stage.users();
  await waitUntil(async () => (await stage.users()).answered >= answered + 10, { withinMs: 10_000, everyMs: 100 });
  const now = await stage.users();
  // Requests from before the healing may still time out; from then on none is lost.
  if (now.lost > lost + 10) throw new Error('users lose requests after the healing');
}

async function check(stage: Stage): Promise<Violation[]> {
  const ledgers = stage.ecosystem.agents.map(({ id }) =>
    readAgentLedger(join(stage.installation.servers.dir, 'example', id), id),
  );
  return checkStoredLog(stage.installation.logUrl, { ledgers });
}

interface Outcome extends Omit<Act, 'stage'> {
  story: Story;
  brokenAtMs: number;
  before: UserCounts;
  after: UserCounts;
  violations: readonly Violation[];
}

function toRound({ variant, round, victim, story, brokenAtMs, watch, before, after, violations }: Outcome): WoundRound {
  const since = (atMs: number | undefined): number | null => (atMs === undefined ? null : (atMs - brokenAtMs) / 1000);
  const ending = story.ending ?? 'no-end';
  const worldAgrees = doesWorldAgree(ending, watch);
  return {
    variant: variant.name,
    round,
    victim,
    expected: variant.expected,
    ending,
    reasonCode: story.reasonCode ?? null,
    worldAgrees,
    isAsExpected: ending === variant.expected && worldAgrees && story.commands <= MOST_ATTEMPTS && violations.length === 0,
    detected: since(story.detectedAtMs),
    decided: since(story.decidedAtMs),
    firstGreenProbe: since(story.firstGreenProbeAtMs),
    ended: since(story.endedAtMs),
    answersAgain: since(watch.answersAgainAfter(brokenAtMs)),
    attempts: story.commands,
    processesStarted: watch.restarts,
    lostRequests: after.lost - before.lost,
    sentRequests: after.sent - before.sent,
    violations,
  };
}

function doesWorldAgree(ending: string, watch: WorldWatch): boolean {
  switch (ending) {
    case 'healed':
      return watch.isAnswering && watch.restarts === 1;
    case 'escalated':
      return !watch.isAnswering && watch.restarts <= MOST_ATTEMPTS;
    case 'held':
      return !watch.isAnswering && watch.restarts === 0;
    default:
      return false;
  }
}
