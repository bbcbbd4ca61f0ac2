import type { AgentLedger } from '#libs/testing';

type Effect = AgentLedger['effects'][number];

/** A command as it came to its agent. */
export interface Delivery extends Effect {
  /** The last one that the agent had accepted for the target; none at first. */
  readonly lastFence: number | undefined;
  /** The same command came before. */
  readonly isRepeated: boolean;
}

/** Something that an agent did; moments in milliseconds of one clock. */
export interface Action extends Effect {
  readonly beganAtMs: number;
  readonly endedAtMs: number;
}

/** What the log says of the life of a fix. */
export interface FixMoment {
  readonly position: number;
  readonly type: string;
  readonly fixId: string;
  /** Of the target, where it is a command. */
  readonly target?: string;
}

/** After these a fix commands nothing more, unless it says so by a further command. */
const ENDINGS: ReadonlySet<string> = new Set(['FixHealed', 'FixEscalated', 'FixAbandoned', 'FixWithdrawn']);
/** After these a further command of the same fix is none beside the one before. */
const ANSWERS: ReadonlySet<string> = new Set([...ENDINGS, 'FixAttemptFailed']);

export interface FixLives {
  /** Fixes that commanded something. */
  readonly sagas: number;
  /** Of them. */
  readonly ended: number;
  /** Of them. */
  readonly healed: number;
  /** Commands while another one was live on the same target. */
  readonly besideAnother: number;
}

/** What the log says of commands, read in its order. */
export function judgeFixLives(moments: readonly FixMoment[]): FixLives {
  const targets = new Map<string, string>();
  const live = new Map<string, string>();
  const answered = new Set<string>();
  const ended = new Set<string>();
  const healed = new Set<string>();
  let besideAnother = 0;
  for (const { type, fixId, target } of moments.toSorted((a, b) => a.position - b.position)) {
    if (target !== undefined) {
      const holder = live.get(target);
      if (holder !== undefined && (holder !== fixId || !answered.has(fixId))) besideAnother += 1;
      live.set(target, fixId);
      targets.set(fixId, target);
      answered.delete(fixId);
      ended.delete(fixId);
    }
    if (type === 'FixHealed') healed.add(fixId);
    if (ANSWERS.has(type)) answered.add(fixId);
    if (!ENDINGS.has(type)) continue;
    ended.add(fixId);
    const held = targets.get(fixId) ?? '';
    if (live.get(held) === fixId) live.delete(held);
  }
  const countOf = (fixes: ReadonlySet<string>): number => [...targets.keys()].filter((fixId) => fixes.has(fixId)).length;
  return { sagas: targets.size, ended: countOf(ended), healed: countOf(healed), besideAnother };
}

/** Actions that began on a target while another one was under way there. */
export function countOverlaps(actions: readonly Action[]): number {
  const busyUntil = new Map<string, number>();
  let overlaps = 0;
  for (const { target, beganAtMs, endedAtMs } of actions.toSorted((a, b) => a.beganAtMs - b.beganAtMs)) {
    const untilMs = busyUntil.get(target) ?? -Infinity;
    if (beganAtMs < untilMs) overlaps += 1;
    busyUntil.set(target, Math.max(untilMs, endedAtMs));
  }
  return overlaps;
}

/** Commands whose agent had accepted one at least as new before, and that aren't that very one again. */
export const countStaleDeliveries = (deliveries: readonly Delivery[]): number =>
  deliveries.filter(({ fencePosition, lastFence = 0, isRepeated }) => !isRepeated && fencePosition <= lastFence).length;

/** Actions by a fence that isn't above the one before on the same target. */
export function countStaleActions(actions: readonly Action[]): number {
  const last = new Map<string, number>();
  let stale = 0;
  for (const { target, fencePosition } of actions.toSorted((a, b) => a.beganAtMs - b.beganAtMs)) {
    if (fencePosition <= (last.get(target) ?? 0)) stale += 1;
    last.set(target, Math.max(fencePosition, last.get(target) ?? 0));
  }
  return stale;
}
