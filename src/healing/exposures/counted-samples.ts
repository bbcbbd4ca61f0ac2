import {
  estimateFailureRate,
  type ExposureCounts,
  hasHalved,
  NO_EXPOSURES,
  type SeenExposures,
  type Traffic,
} from '#libs/fix-strategies';
import type { ExposureReading } from '../saga/fix-saga.inputs.ts';

/** The counters of one agent about one service, as they were when one message of it was stored. What it doesn't count is `null`. */
export interface CounterSample {
  agentId: string;
  storedAtMs: number;
  exposures: ExposureCounts | null;
  checks: SeenExposures | null;
}

/** What each agent has counted in a time that is long over. */
export type TrafficBefore = readonly { agent_id: string; requests: number; over_ms: number }[];

/** Where nobody counts, it is dead. */
export const RATE_OF_NOTHING = estimateFailureRate([]);

interface Increase extends ExposureCounts {
  agentId: string;
  overMs: number;
}

/** Whom the fix is about: everybody else is independent of it. */
export interface FixedBy {
  agentId: string;
  trafficBefore: TrafficBefore;
}

/**
 * What was counted between the first sample and the last one of each agent.
 *
 * @param samples of one service, in the order in which they were stored
 * @returns `undefined` where nobody has counted anything
 */
export function readExposures(samples: readonly CounterSample[], fixedBy: FixedBy): ExposureReading | undefined {
  const increases = [...groupByAgent(samples)].map(([id, ofAgent]) => computeIncrease(id, ofAgent));
  const counted = increases.filter(({ overMs }) => overMs > 0);
  if (counted.length === 0) return undefined;
  const [others, own] = partition(counted, fixedBy.agentId);
  const traffic = readTraffic([others, own], fixedBy.trafficBefore);
  return {
    others: sum(others),
    counted_by: others.map((one) => one.agentId),
    own: sum(own),
    ...(traffic === undefined ? {} : { traffic }),
  };
}

const partition = (counted: readonly Increase[], agentId: string): [others: Increase[], own: Increase[]] => [
  counted.filter((one) => one.agentId !== agentId),
  counted.filter((one) => one.agentId === agentId),
];

/** By the others together, or by the fixing agent where that saw it halve: both see the same requests, and it never speaks for its fix. */
function readTraffic(witnesses: readonly Increase[][], before: TrafficBefore): Traffic | undefined {
  const seen = witnesses.map((counted) => computeTraffic(counted, before)).filter((traffic) => traffic !== undefined);
  return seen.find(hasHalved) ?? seen[0];
}

/** Of the agents that have counted for as long before the incident, at the least, as they have since the fix. */
function computeTraffic(counted: readonly Increase[], before: TrafficBefore): Traffic | undefined {
  const compared = counted.flatMap(({ agentId, total, overMs }) => {
    const known = before.find(({ agent_id: id, over_ms: length }) => id === agentId && length >= overMs);
    return known === undefined ? [] : [{ requests: total, expected: (known.requests / known.over_ms) * overMs }];
  });
  if (compared.length === 0) return undefined;
  return {
    requests: compared.reduce((all, { requests }) => all + requests, 0),
    expected: Math.round(compared.reduce((all, { expected }) => all + expected, 0)),
  };
}

/**
 * Between each two samples of an agent, how many exposures and checks there were, and how many of them failed, in the order of
 * time. What retries hid has failed as well.
 */
export function readSeen(samples: readonly CounterSample[]): SeenExposures[] {
  const steps = [...groupByAgent(samples).values()].flatMap((ofAgent) =>
    pairs(ofAgent).flatMap(([earlier, later]) => [
      ...step(
        later.storedAtMs,
        earlier.exposures && withMasked(earlier.exposures),
        later.exposures && withMasked(later.exposures),
      ),
      ...step(later.storedAtMs, earlier.checks, later.checks),
    ]),
  );
  return steps.toSorted((a, b) => a.storedAtMs - b.storedAtMs).map(({ seen }) => seen);
}

function step(
  storedAtMs: number,
  earlier: SeenExposures | null,
  later: SeenExposures | null,
): { storedAtMs: number; seen: SeenExposures }[] {
  if (earlier === null || later === null) return [];
  const [total, failed] = [grow(earlier.total, later.total), grow(earlier.failed, later.failed)];
  return [{ storedAtMs, seen: { total, failed: Math.min(failed, total) } }];
}

const withMasked = ({ total, failed, masked }: ExposureCounts): SeenExposures => ({ total, failed: failed + masked });

/** A counter that is smaller than before has begun anew: all that it shows was counted since. */
const grow = (earlier: number, later: number): number => (later >= earlier ? later - earlier : later);

function computeIncrease(agentId: string, samples: readonly CounterSample[]): Increase {
  const counting = samples.flatMap(({ storedAtMs, exposures }) => (exposures === null ? [] : [{ storedAtMs, exposures }]));
  const of = (name: keyof ExposureCounts): number =>
    pairs(counting).reduce((all, [earlier, later]) => all + grow(earlier.exposures[name], later.exposures[name]), 0);
  const overMs = (counting.at(-1)?.storedAtMs ?? 0) - (counting[0]?.storedAtMs ?? 0);
  return { agentId, overMs, total: of('total'), failed: of('failed'), masked: of('masked') };
}

const sum = (counts: readonly ExposureCounts[]): ExposureCounts =>
  counts.reduce<ExposureCounts>(
    (all, { total, failed, masked }) => ({
      total: all.total + total,
      failed: all.failed + failed,
      masked: all.masked + masked,
    }),
    NO_EXPOSURES,
  );

function groupByAgent(samples: readonly CounterSample[]): Map<string, CounterSample[]> {
  const groups = new Map<string, CounterSample[]>();
  for (const sample of samples) {
    const group = groups.get(sample.agentId);
    if (group === undefined) groups.set(sample.agentId, [sample]);
    else group.push(sample);
  }
  return groups;
}

const pairs = <T>(items: readonly T[]): [T, T][] =>
  items.slice(1).flatMap((later, index): [T, T][] => {
    const earlier = items[index];
    return earlier === undefined ? [] : [[earlier, later]];
  });
