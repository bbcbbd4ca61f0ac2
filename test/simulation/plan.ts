import { Random } from '#libs/testing';
import type { Fault } from './services.ts';
import { CALM, type Roughness } from './weather.ts';

/** What can be left out of a run, one by one, to find out what it takes for it to go wrong. */
export const FAULT_CLASSES = [
  'messages',
  'commits',
  'probes',
  'orchestrator-kills',
  'orchestrator-pauses',
  'database-outages',
  'broker-outages',
  'agent-kills',
  'agent-pauses',
  'agent-characters',
  'persons',
  'clocks',
  'late-read-models',
  'replicas',
] as const;
export type FaultClass = (typeof FAULT_CLASSES)[number];

/** How an agent takes commands while all is rough. */
export type Character = 'honest' | 'liar' | 'mute' | 'repeater' | 'late';

export interface PlannedService {
  readonly id: string;
  readonly agent: number;
  readonly needs: readonly number[];
  readonly autonomy: 'auto' | 'ask';
}

/** Something that happens to the world, at its time. */
export type Mishap =
  | {
      readonly what: 'break';
      readonly service: number;
      readonly kind: Fault['kind'];
      readonly hasExited: boolean;
      readonly forMs: number;
    }
  | { readonly what: 'kill-orchestrator' | 'kill-agent'; readonly who: number; readonly forMs: number }
  | { readonly what: 'pause-orchestrator' | 'pause-agent'; readonly who: number; readonly forMs: number }
  | { readonly what: 'disconnect-orchestrator' | 'disconnect-agent'; readonly who: number; readonly forMs: number }
  | { readonly what: 'database-down' | 'broker-power-cut' | 'read-models-late'; readonly forMs: number }
  | { readonly what: 'set-database-clock' | 'set-agent-clock'; readonly who: number; readonly byMs: number }
  | { readonly what: 'stop'; readonly scope: 'global' | 'service'; readonly service: number; readonly forMs: number }
  | { readonly what: 'freeze'; readonly service: number; readonly forMs: number }
  | { readonly what: 'late-commands'; readonly forMs: number; readonly byMs: number }
  | { readonly what: 'undo-request' };

export interface Plan {
  readonly seed: number;
  readonly replicas: number;
  /** What each of them leaves to the others: all, none or some may take themselves for the first one. */
  readonly headStartsMs: readonly number[];
  readonly services: readonly PlannedService[];
  readonly characters: readonly Character[];
  /** Which agents report a fault once only. */
  readonly areTerse: readonly boolean[];
  readonly roughness: Roughness;
  readonly hasRaisedLimits: boolean;
  readonly shortestIntervalMs: number;
  /** How often what was just healed breaks again at once. */
  readonly relapses: number;
  /** Chance that an agent dies at one of the steps of a command. */
  readonly agentDeath: number;
  readonly mishaps: readonly (Mishap & { readonly atMs: number })[];
  /** From then on nothing goes wrong any more. */
  readonly calmFromMs: number;
}

const KINDS: readonly Fault['kind'][] = [
  'until-restart',
  'until-restart',
  'until-restart',
  'for-good',
  'heals-itself',
  'flapping',
  'until-other-pool',
];
const CHARACTERS: readonly Character[] = ['honest', 'honest', 'honest', 'liar', 'mute', 'repeater', 'late'];
const SECOND = 1_000;
/** Share of worlds in which everything fails at once, and how much that is. */
const STORMY = 0.04;
const OF_A_STORM = 8;
const OVERTAKING = 0.08;
const TERSE = 0.2;

/** Draws a run from its seed. Each part draws from a source of its own, so that to leave one out changes no other. */
export function createPlan(seed: number, left: ReadonlySet<FaultClass> = new Set()): Plan {
  const random = Random.of(seed, 'plan');
  const isOn = (name: FaultClass): boolean => !left.has(name) && Random.of(seed, name).chance(0.5);
  const agents = 1 + random.below(3);
  const isStormy = Random.of(seed, 'storm').chance(STORMY);
  const few = 2 + random.below(3);
  const count = isStormy ? OF_A_STORM : few;
  const services = Array.from({ length: count }, (_, index): PlannedService => {
    const needs = index > 0 && random.chance(0.3) ? [random.below(index)] : [];
    return { id: `service-${index}`, agent: random.below(agents), needs, autonomy: random.chance(0.15) ? 'ask' : 'auto' };
  });
  const calmFromMs = (20 + random.below(60)) * SECOND;
  const drawn = drawReplicas(seed);
  const replicas = left.has('replicas') ? 1 : drawn;
  const context = { seed, agents, replicas: drawn, services: count, calmFromMs, isOn };
  return {
    seed,
    replicas,
    headStartsMs: drawHeadStarts(seed, drawn),
    services,
    characters: Array.from({ length: agents }, (_, index) =>
      isOn('agent-characters') ? Random.of(seed, `character ${index}`).pick(CHARACTERS) : 'honest',
    ),
    areTerse: Array.from({ length: agents }, (_, index) => Random.of(seed, `terse ${index}`).chance(TERSE)),
    roughness: drawRoughness(seed, isOn),
    hasRaisedLimits: random.chance(0.6) && !isStormy,
    shortestIntervalMs: random.pick([500, 1_000, 1_000, 2_000]),
    relapses: Random.of(seed, 'relapses').pick([0, 0, 0, 0, 4]),
    agentDeath: isOn('agent-kills') ? 0.1 : 0,
    mishaps: drawMishaps(context).toSorted((a, b) => a.atMs - b.atMs),
    calmFromMs,
  };
}

const drawReplicas = (seed: number): number => Random.of(seed, 'replicas').pick([1, 1, 2, 2, 2, 4]);

/** As long as the product's own. */
const HEAD_START_MS = 2_000;

function drawHeadStarts(seed: number, replicas: number): number[] {
  const random = Random.of(seed, 'head starts');
  return Array.from({ length: replicas }, () => random.pick([0, HEAD_START_MS]));
}

function drawRoughness(seed: number, isOn: (name: FaultClass) => boolean): Roughness {
  const random = Random.of(seed, 'roughness');
  const messages = { lost: random.fraction() * 0.08, doubled: random.fraction() * 0.2, slow: random.fraction() * 0.1 };
  const slowestMs = random.pick([500, 5_000, 60_000, 300_000]);
  const commits = { commitInDoubt: random.fraction() * 0.1, commitRefused: random.fraction() * 0.1 };
  const probes = { probeLost: random.fraction() * 0.2 };
  return {
    ...CALM,
    ...(isOn('messages') ? { ...messages, slowestMs } : {}),
    ...(isOn('commits') ? commits : {}),
    ...(isOn('probes') ? probes : {}),
  };
}

/** A command is so late that its fault is over, and back, before it arrives: the next command overtakes it. */
function drawOvertaking(random: Random): Timed[] {
  if (!random.chance(OVERTAKING)) return [];
  const fault = { what: 'break', service: 0, hasExited: true } as const;
  const againMs = (56 + random.below(10)) * SECOND;
  return [
    { what: 'late-commands', forMs: 10 * SECOND, byMs: (65 + random.below(60)) * SECOND, atMs: SECOND },
    { ...fault, kind: 'heals-itself', forMs: 20 * SECOND, atMs: 1_500 },
    { ...fault, kind: 'until-restart', forMs: 0, atMs: againMs },
  ];
}

interface Drawing {
  readonly seed: number;
  readonly agents: number;
  readonly replicas: number;
  readonly services: number;
  readonly calmFromMs: number;
  readonly isOn: (name: FaultClass) => boolean;
}

type Timed = Mishap & { readonly atMs: number };

function drawMishaps({ seed, agents, replicas, services, calmFromMs, isOn }: Drawing): Timed[] {
  const draw = (name: FaultClass, most: number, create: (random: Random) => Mishap): Timed[] => {
    const random = Random.of(seed, `${name} mishaps`);
    const found = Array.from({ length: 1 + random.below(most) }, () => ({
      ...create(random),
      atMs: 2 * SECOND + random.below(calmFromMs - 4 * SECOND),
    }));
    return isOn(name) ? found : [];
  };
  const upTo = (random: Random, seconds: number): number => 200 + random.below(seconds * SECOND);
  const breaks = Random.of(seed, 'breaks');
  const stormMs = SECOND + Random.of(seed, 'storm begins').below(calmFromMs / 2);
  const passes = Random.of(seed, 'storm passes').chance(0.5);
  const storm = Array.from({ length: services === OF_A_STORM ? services : 0 }, (_, service): Timed => ({
    what: 'break',
    service,
    kind: passes ? 'heals-itself' : 'until-restart',
    hasExited: true,
    forMs: 15 * SECOND,
    atMs: stormMs + 100 * service,
  }));
  return [
    ...storm,
    ...drawOvertaking(Random.of(seed, 'overtaking')),
    ...Array.from({ length: 1 + breaks.below(5) }, (): Timed => ({
      what: 'break',
      service: breaks.below(services),
      kind: breaks.pick(KINDS),
      hasExited: breaks.chance(0.5),
      forMs: 3 * SECOND + breaks.below(30 * SECOND),
      atMs: SECOND + breaks.below(calmFromMs - 4 * SECOND),
    })),
    ...draw('messages', 2, (r) => ({
      what: 'late-commands',
      forMs: 5 * SECOND + r.below(10 * SECOND),
      byMs: 20 * SECOND + r.below(180 * SECOND),
    })),
    ...draw('orchestrator-kills', 4, (r) => ({ what: 'kill-orchestrator', who: r.below(replicas), forMs: upTo(r, 8) })),
    ...draw('orchestrator-pauses', 3, (r) => ({ what: 'pause-orchestrator', who: r.below(replicas), forMs: upTo(r, 50) })),
    ...draw('database-outages', 2, (r) => ({ what: 'database-down', forMs: upTo(r, 15) })),
    ...draw('broker-outages', 2, (r) => ({ what: 'broker-power-cut', forMs: upTo(r, 15) })),
    ...draw('broker-outages', 3, (r) =>
      r.chance(0.5)
        ? { what: 'disconnect-orchestrator', who: r.below(replicas), forMs: upTo(r, 20) }
        : { what: 'disconnect-agent', who: r.below(agents), forMs: upTo(r, 20) },
    ),
    ...draw('agent-kills', 3, (r) => ({ what: 'kill-agent', who: r.below(agents), forMs: upTo(r, 20) })),
    ...draw('agent-pauses', 2, (r) => ({ what: 'pause-agent', who: r.below(agents), forMs: upTo(r, 60) })),
    ...draw('persons', 2, (r) => ({
      what: 'stop',
      scope: r.chance(0.5) ? 'global' : 'service',
      service: r.below(services),
      forMs: upTo(r, 20),
    })),
    ...draw('persons', 2, (r) =>
      r.chance(0.5) ? { what: 'undo-request' } : { what: 'freeze', service: r.below(services), forMs: upTo(r, 20) },
    ),
    ...draw('clocks', 2, (r) =>
      r.chance(0.4)
        ? { what: 'set-database-clock', who: 0, byMs: r.below(20 * SECOND) - 10 * SECOND }
        : { what: 'set-agent-clock', who: r.below(agents), byMs: (r.below(7_200) - 3_600) * SECOND },
    ),
    ...draw('late-read-models', 2, (r) => ({ what: 'read-models-late', forMs: upTo(r, 20) })),
  ];
}
