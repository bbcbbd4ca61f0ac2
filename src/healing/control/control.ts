import { isInScope, type Scope } from '#libs/contracts';
import type { ControlEvent } from './control.events.ts';

/** What is stopped. */
export type Stops = ReadonlySet<Scope>;

export const NOTHING_STOPPED: Stops = new Set();

/** Folds one event. */
export function evolveStops(stops: Stops, { type, data: { scope } }: ControlEvent): Stops {
  const changed = new Set(stops);
  if (type === 'HealingStopped') changed.add(scope);
  else changed.delete(scope);
  return changed;
}

/** The stop under which a strategy on a service falls. */
export const findStop = (stops: Stops, at: { service: string; strategy: string }): Scope | undefined =>
  [...stops].find((scope) => isInScope(scope, at));
