import { Random } from '#libs/testing';

/** What may befall a part of the system, and how long it lasts at most, in milliseconds. */
export const CALAMITIES = {
  'orchestrator killed': 4_000,
  'orchestrator paused': 12_000,
  'orchestrator stopped in order': 3_000,
  'postgres killed': 4_000,
  'postgres ends its backends': 0,
  'postgres refuses writes': 5_000,
  'postgres answers no commit': 5_000,
  'postgres commits slowly': 6_000,
  'nats killed': 4_000,
  'agent killed': 4_000,
  'agent paused': 12_000,
  'connections cut': 0,
  'connections reset': 0,
  'connections held': 6_000,
  'connections silent': 6_000,
  'connections slow': 8_000,
} as const;

export type CalamityName = keyof typeof CALAMITIES;

export interface PlannedCalamity {
  readonly name: CalamityName;
  /** After the begin. */
  readonly atMs: number;
  readonly lastsMs: number;
  /** Which one of the kind that it befalls, from 0 to 1. */
  readonly which: number;
}

export const CALAMITY_NAMES = Object.keys(CALAMITIES).filter((name): name is CalamityName => Object.hasOwn(CALAMITIES, name));

const PERIOD_MS = 10_000;
/** Of the periods. */
const QUIET_SHARE = 0.25;
const MOST_IN_A_PERIOD = 3;

/** What befalls whom and when: in three periods of ten seconds out of four, in an order and at times that follow from the seed. */
export function planChaos({ minutes, seed }: { minutes: number; seed: number }): PlannedCalamity[] {
  const random = Random.of(seed, 'chaos');
  const periods = Math.round((minutes * 60_000) / PERIOD_MS);
  const quiet = chooseQuiet(random, periods);
  const waiting: CalamityName[] = [];
  return Array.from({ length: periods }, (_, period) => {
    const count = quiet.has(period) ? 0 : 1 + random.below(MOST_IN_A_PERIOD);
    return Array.from({ length: count }, () => {
      // Each kind once before any comes again, so that a short run has many of them.
      if (waiting.length === 0) waiting.push(...shuffle(random, CALAMITY_NAMES));
      const name = waiting.pop() ?? 'orchestrator killed';
      const atMs = Math.floor((period + random.fraction() / 2) * PERIOD_MS);
      return { name, atMs, lastsMs: Math.floor(random.fraction() * CALAMITIES[name]), which: random.fraction() };
    });
  })
    .flat()
    .toSorted((one, other) => one.atMs - other.atMs);
}

function chooseQuiet(random: Random, periods: number): ReadonlySet<number> {
  const all = Array.from({ length: periods }, (_, period) => period);
  return new Set(shuffle(random, all).slice(0, Math.round(periods * QUIET_SHARE)));
}

function shuffle<T>(random: Random, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: random.fraction() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
