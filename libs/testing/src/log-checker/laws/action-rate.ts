import { readNumber, readText } from '../fields.ts';
import type { CheckFrame } from '../evidence.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';
import { type LimitName, PolicyHistory } from './policy-history.ts';
import { computeClockTolerance } from './tolerances.ts';

const HOUR_MS = 3_600_000;

/**
 * `guard-breached`, of the pace: on no target are more actions begun in an hour than is set, each attempt one, and a new fix leaves it
 * alone for as long as was set after the last action: twice as long after each, until it was let be for a while. An undo is no action.
 */
export function createActionRateLaw(frame: CheckFrame): Law {
  const tolerance = computeClockTolerance(frame);
  const policy = new PolicyHistory();
  /** When the actions of the last hour were begun, by target. */
  const begun = new Map<string, readonly number[]>();

  function judge({ position, data, recordedAtMs }: LogEvent): Violation[] {
    const [target, strategy] = [readText(data, 'target'), readText(data, 'strategy')];
    const limit = (name: LimitName): number => policy.limit(name, target, strategy);
    const earlier = (begun.get(target) ?? []).filter((atMs) => atMs > recordedAtMs - HOUR_MS + tolerance);
    const known = (begun.get(target) ?? []).filter((atMs) => atMs > recordedAtMs - HOUR_MS);
    begun.set(target, [...known, recordedAtMs]);
    const restsUntilMs = readNumber(data, 'attempt') === 1 ? computeRest(known, limit) : -Infinity;
    const breaches = [
      ...(earlier.length < limit('max_actions_per_hour') ? [] : [`action ${earlier.length + 1} on ${target} within an hour`]),
      ...(recordedAtMs >= restsUntilMs - tolerance
        ? []
        : [`${target} was to be left alone for ${restsUntilMs - recordedAtMs} ms more`]),
    ];
    const place = { positions: [position], ids: [target, readText(data, 'command_id')] };
    return breaches.map((sentence) => violation('guard-breached', sentence, place));
  }

  return {
    observe(event) {
      policy.observe(event);
      return event.type === 'FixCommanded' && readText(event.data, 'undoes') === '' ? judge(event) : [];
    },
  };
}

/** Until when a target is left alone after these actions. */
function computeRest(begunAtMs: readonly number[], limit: (name: LimitName) => number): number {
  const last = begunAtMs.at(-1);
  if (last === undefined) return -Infinity;
  let inARow = 1;
  for (let index = begunAtMs.length - 1; index > 0; index--) {
    const restMs = (begunAtMs[index] ?? 0) - (begunAtMs[index - 1] ?? 0);
    if (restMs > limit('cool_down_reset_ms')) break;
    inARow += 1;
  }
  return last + Math.min(limit('longest_cool_down_ms'), limit('first_cool_down_ms') * 2 ** (inARow - 1));
}
