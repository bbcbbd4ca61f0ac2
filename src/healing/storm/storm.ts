import type { StormWord } from '../guards/guard.ts';
import type { Limits } from '../policy/policy-settings.ts';
import type { StormEvent } from './storm.events.ts';

/** Kinds of fault of which a storm is on. */
export type Storms = ReadonlySet<string>;

/** Folds one event. */
export function evolveStorms(storms: Storms, { type, data: { symptom } }: StormEvent): Storms {
  const changed = new Set(storms);
  if (type === 'StormDetected') changed.add(symptom);
  else changed.delete(symptom);
  return changed;
}

type StormLimits = Pick<Limits, 'storm_share' | 'storm_min_targets'>;

/** More than the share of all targets, and not just a few of a small fleet; once it is on, until it is said to be over. */
export const isStorm = (
  { failing, targets, isOn }: StormWord,
  { storm_share: share, storm_min_targets: least }: StormLimits,
): boolean => isOn || (failing >= least && failing > share * targets);

type StormCount = Pick<StormWord, 'failing' | 'targets'>;

/** What the count of those that fail alike makes known. It is over when half as many fail as make one: at its edge it would be told again and again. */
export function decideStorm(
  storms: Storms,
  { symptom, count, limits }: { symptom: string; count: StormCount; limits: StormLimits & Pick<Limits, 'storm_window_ms'> },
): StormEvent[] {
  if (storms.has(symptom)) {
    const isOver = !isStorm({ ...count, failing: 2 * count.failing, isOn: false }, limits);
    return isOver ? [{ type: 'StormEnded', data: { symptom } }] : [];
  }
  if (!isStorm({ ...count, isOn: false }, limits)) return [];
  const counts = { failing_targets: count.failing, all_targets: count.targets, window_ms: limits.storm_window_ms };
  return [{ type: 'StormDetected', data: { symptom, ...counts } }];
}
