import fc from 'fast-check';
import { FAILPOINTS, type FailpointAction, type FailpointName } from '../../src/platform/failpoint-list.ts';

/** Where a life of the orchestrator is broken. */
export interface PlannedBreak {
  readonly name: FailpointName;
  readonly action: FailpointAction;
  /** Which time that step is reached, so that it is not always the first message or the first fix that is met. */
  readonly nth: number;
}

/** One life, from a start to an end. */
export type PlannedLife = readonly PlannedBreak[];

export const FAILPOINT_NAMES = Object.keys(FAILPOINTS).filter((name): name is FailpointName => Object.hasOwn(FAILPOINTS, name));

/** After these nothing more happens, so that a life has room for one. */
const LAST: ReadonlySet<FailpointAction> = new Set(['kill', 'hang']);

/** Reached once in a few seconds, and not many times in one. */
const SELDOM: ReadonlySet<FailpointName> = new Set([
  'message.buried',
  'escalation.attempted',
  'escalation.told',
  'heartbeat.published',
]);
const [MOST, MOST_OF_SELDOM] = [12, 2];

export interface CrashPlan {
  readonly names: readonly FailpointName[];
  readonly action: FailpointAction;
  /** How often each failpoint is met. */
  readonly each: number;
  readonly seed: number;
}

/** All of them, `each` times over: in lives of their own, or together where life goes on. A seed has the same plan at all times. */
export function planLives({ names, action, each, seed }: CrashPlan): PlannedLife[] {
  const numbers = fc.sample(fc.nat({ max: 1_000_000 }), { seed, numRuns: each * names.length });
  return Array.from({ length: each }, (_, round) => {
    const breaks = names.map((name, index) => {
      const most = SELDOM.has(name) ? MOST_OF_SELDOM : MOST;
      return { name, action, nth: 1 + ((numbers[round * names.length + index] ?? 0) % most) };
    });
    return LAST.has(action) ? breaks.map((only) => [only]) : [breaks];
  }).flat();
}

/** As `ZANTARA_FAILPOINTS` has it. */
export const describeLife = (life: PlannedLife): string =>
  life.map(({ name, action, nth }) => `${name}=${action}@${nth}`).join(',');
