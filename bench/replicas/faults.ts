import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '#libs/testing';
import type { LogFollower } from './log-follower.ts';
import type { Stage } from './stage.ts';

export interface FaultPlan {
  readonly seed: number;
  /** Until so many fixes have commanded something. */
  readonly sagas: number;
  /** Between the end of one fault and the next one of a target, on average. */
  readonly restMs: number;
}

const LOOK_EVERY_MS = 100;
/** Nobody decides about it any more, as far as is seen: a person sees to it, and it counts for nothing. */
const GIVE_UP_MS = 180_000;
const SETTLE_MS = 30_000;

/** Has the targets fail at random, each again when the last time is over, until so many fixes have commanded something. */
export async function spreadFaults(stage: Stage, follower: LogFollower, plan: FaultPlan): Promise<{ givenUp: number }> {
  let underWay = 0;
  let givenUp = 0;
  const isEnough = (): boolean => follower.commandedFixes.size + underWay >= plan.sagas;
  const trouble = async (target: string): Promise<void> => {
    const random = Random.of(plan.seed, target);
    for (;;) {
      await sleep(-Math.log(1 - random.fraction()) * plan.restMs);
      if (follower.commandedFixes.size >= plan.sagas) return;
      if (isEnough()) continue;
      underWay += 1;
      if (!(await failOnce(stage, follower, target))) givenUp += 1;
      underWay -= 1;
    }
  };
  await Promise.all(stage.targets.map(trouble));
  return { givenUp };
}

/** Whether it came to an end by itself. */
async function failOnce(stage: Stage, follower: LogFollower, target: string): Promise<boolean> {
  const agent = stage.agentOf(target);
  const before = follower.readThrough;
  agent.breakService(target);
  const ended = await untilSaid(follower, {
    target,
    after: before,
    types: ['IncidentResolved', 'IncidentEscalated'],
    withinMs: GIVE_UP_MS,
  });
  // What was escalated is mended by a person, and checked before it counts as over.
  if (ended !== 'IncidentResolved') {
    agent.mend(target);
    await untilSaid(follower, { target, after: before, types: ['IncidentResolved'], withinMs: SETTLE_MS });
  }
  return ended !== undefined;
}

interface Awaited {
  readonly target: string;
  readonly after: number;
  readonly types: readonly string[];
  readonly withinMs: number;
}

async function untilSaid(follower: LogFollower, { target, after, types, withinMs }: Awaited): Promise<string | undefined> {
  for (const endMs = performance.now() + withinMs; performance.now() < endMs; await sleep(LOOK_EVERY_MS)) {
    const type = follower.findCourse(target, after);
    if (type !== undefined && types.includes(type)) return type;
  }
  return undefined;
}
