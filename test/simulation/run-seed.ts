import { checkLog, describeViolations, Random } from '#libs/testing';
import { createEventId } from '../../src/platform/log/create-event-id.ts';
import { Course } from './course.ts';
import { collectEvidence, computeDigest } from './judge/evidence.ts';
import { isAnyLiftedSoon } from './judge/objections.ts';
import { listOccurrences } from './judge/occurrences.ts';
import { judgeWorld } from './judge/oracles.ts';
import { createPlan, type FaultClass, type Plan } from './plan.ts';
import { Scheduler } from './runtime/scheduler.ts';
import { inVirtualWorld, useUpKept } from './runtime/virtual-globals.ts';
import { SOUND, type Wiring } from './wiring.ts';
import { World } from './world.ts';

export interface RunOptions {
  readonly wiring?: Wiring;
  /** What doesn't go wrong this time. */
  readonly left?: ReadonlySet<FaultClass>;
  readonly trace?: (line: string) => void;
}

export interface SeedOutcome {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly digest: string;
  readonly events: number;
  readonly effects: number;
  readonly healed: number;
  /** What happened at least once: types of events, and what is rarer. */
  readonly occurred: readonly string[];
  readonly steps: number;
  /** Time that passed in the world. */
  readonly simulatedMs: number;
}

const BEGINS_AT_MS = Date.parse('2026-01-01T00:00:00.000Z');
const LOOK_MS = 5_000;
/** Where nothing goes wrong any more, looks that come often show nothing that others don't. */
const CALM_INTERVAL_MS = 2_000;
const QUIET_MS = 10_000;
/** Whoever was away has seen by then how things are. */
const CALM_AT_LEAST_MS = 25_000;
/** What is reported last is counted by then, also where a clock that was set back goes at half its speed. */
const LAST_WORD_MS = 25_000;
/** Cool-downs, time-outs and resent reports, one after the other, take no longer. */
const LONGEST_MS = 1_200_000;

/** Runs one world from its seed: rough at first, then calm until everything has come to its end, and judges what is left. */
export async function runSeed(seed: number, { wiring = SOUND, left, trace }: RunOptions = {}): Promise<SeedOutcome> {
  const plan = createPlan(seed, left);
  const scheduler = new Scheduler();
  const random = Random.of(seed, 'platform');
  const careless = Random.of(seed, 'careless');
  const virtual = { scheduler, random, careless, beginsAtMs: BEGINS_AT_MS, shortestIntervalMs: plan.shortestIntervalMs };
  return inVirtualWorld(virtual, async () => {
    // Ids are made from a store of random bytes, in which there may be some of the run before.
    useUpKept(createEventId);
    const world = new World({ plan, scheduler, wiring, beginsAtMs: BEGINS_AT_MS, trace });
    const unheard = noteUnheardRejections(world);
    try {
      await world.begin();
      new Course(world).begin();
      await scheduler.runUntil(plan.calmFromMs);
      world.calmDown();
      virtual.shortestIntervalMs = Math.max(plan.shortestIntervalMs, CALM_INTERVAL_MS);
      const endMs = plan.calmFromMs + LONGEST_MS;
      while (scheduler.nowMs < endMs && !isSettled(world)) await scheduler.runUntil(scheduler.nowMs + LOOK_MS);
      return await judge(world);
    } finally {
      unheard.stop();
      world.end();
    }
  });
}

function noteUnheardRejections(world: World): { stop: () => void } {
  const note = (error: unknown): void => {
    world.crashes.push(`unhandled rejection: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  };
  process.on('unhandledRejection', note);
  return { stop: () => void process.off('unhandledRejection', note) };
}

/** Nothing goes on any more by itself, except for what is reported again and again. */
function isSettled(world: World): boolean {
  const { readSide, homes, database, scheduler, plan } = world;
  // A fault may come back when all else is calm.
  const lastMs = Math.max(plan.calmFromMs, plan.mishaps.at(-1)?.atMs ?? 0, world.lastRelapseMs);
  if (scheduler.nowMs < lastMs + CALM_AT_LEAST_MS) return false;
  const { events } = database.index;
  const isMoving = events.findLast(({ type }) => !REPEATED.has(type));
  const quietMs = database.now().getTime() - (isMoving?.recordedAt.getTime() ?? 0);
  const isSent = homes.every(({ disk }) =>
    [...disk.outbox.values()].every(({ observed }) => scheduler.nowMs - observed.ms < QUIET_MS),
  );
  return readSide.rows('fix_timers').length === 0 && quietMs > QUIET_MS && isSent && !isAnyLiftedSoon(world);
}

/** Its incident hears of the end of a fix a little later. */
const isUnfinished = ({ readSide, homes }: World): boolean =>
  readSide.rows('fix_timers').length > 0 ||
  readSide.rows('incidents').some(({ state }) => state === 'healing') ||
  homes.some(({ disk }) => disk.outbox.size > 0);

/** What comes again as long as a service stays broken. */
const REPEATED: ReadonlySet<string> = new Set(['ErrorReported', 'IncidentGrew']);

const sumSetBack = ({ mishaps }: Plan): number =>
  mishaps.reduce((sum, mishap) => sum + (mishap.what === 'set-database-clock' ? Math.max(0, -mishap.byMs) : 0), 0);

async function judge(world: World): Promise<SeedOutcome> {
  const { scheduler, plan, database } = world;
  world.fallSilent();
  const head = database.store.log.headPosition;
  // What waited for its time may begin once more, and what got lost is sent again.
  do await scheduler.runUntil(scheduler.nowMs + LAST_WORD_MS);
  while ((isUnfinished(world) || isAnyLiftedSoon(world)) && scheduler.nowMs < plan.calmFromMs + LONGEST_MS);
  const evidence = await collectEvidence(world, {
    everyReport: true,
    quiescent: true,
    everyFixEnded: true,
    readThrough: head,
    reversible: ['restart/recycle-pool'],
    clockSetBackMs: sumSetBack(plan),
  });
  const found = describeViolations(checkLog(evidence));
  return {
    seed: plan.seed,
    violations: [...(found === '' ? [] : found.split('\n')), ...judgeWorld(world)],
    digest: computeDigest(world),
    events: evidence.records.length,
    effects: world.effects.length,
    healed: evidence.records.filter(({ type }) => type === 'FixHealed').length,
    occurred: listOccurrences(world),
    steps: scheduler.steps,
    simulatedMs: scheduler.nowMs,
  };
}
