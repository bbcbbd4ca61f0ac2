import { readText } from '../fields.ts';
import type { CheckFrame } from '../evidence.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';
import { FleetWindow } from './fleet-window.ts';
import { type LimitName, PolicyHistory } from './policy-history.ts';
import { computeClockTolerance } from './tolerances.ts';

const HOUR_MS = 3_600_000;
const ENDS: ReadonlySet<string> = new Set(['FixHealed', 'FixEscalated', 'FixAbandoned', 'FixUndone']);

/**
 * `guard-breached`, of the fleet: counted from commands and ends alone, and not from the places that they reserve, never more fixes
 * are live, targets touched or actions begun than was set when they were commanded. `slot-kept`: a fix that has ended holds no place
 * among the live ones, which would be lost to all others for good.
 */
export function createFleetLimitLaw(frame: CheckFrame): Law {
  const tolerance = computeClockTolerance(frame);
  const policy = new PolicyHistory();
  const services = new Set<string>();
  const live = new Set<string>();
  const ended = new Set<string>();
  const places = new Map<string, number>();
  const ofTheHour = new FleetWindow();
  const ofTheRadius = new FleetWindow();

  function judge({ type, data, position, recordedAtMs }: LogEvent): Violation[] {
    const target = readText(data, 'target');
    const fixId = readText(data, 'fix_id');
    const isAction = type === 'FixCommanded';
    const limit = (name: LimitName): number => policy.limit(name, '', '');
    const isLive = live.has(fixId);
    live.add(fixId);
    ended.delete(fixId);
    ofTheHour.leave(recordedAtMs - HOUR_MS + tolerance);
    ofTheRadius.leave(recordedAtMs - limit('blast_radius_window_ms') + tolerance);
    const isTouched = ofTheRadius.has(target);
    if (isAction) for (const window of [ofTheHour, ofTheRadius]) window.add(target, recordedAtMs);
    // What counted already takes nothing more, also where less is allowed by now.
    const counts: [what: string, isMore: boolean, count: number, most: number][] = [
      ['live fixes', !isLive, live.size, limit('max_live_fixes')],
      ['targets touched', !isTouched, ofTheRadius.targets, Math.max(1, Math.floor(limit('blast_radius_share') * services.size))],
      ['actions in an hour', true, ofTheHour.size, limit('max_fleet_actions_per_hour')],
    ];
    const commandId = readText(data, 'command_id') || fixId;
    return (isAction ? counts : counts.slice(0, 1))
      .filter(([, isMore, count, most]) => isMore && count > most)
      .map(([what, , count, most]) =>
        violation('guard-breached', `${commandId}: ${count} ${what} and not more than ${most}`, {
          positions: [position],
          ids: [fixId, commandId],
        }),
      );
  }

  function hold({ type, data, position }: LogEvent): void {
    if (readText(data, 'limit') !== 'live') return;
    if (type === 'FleetSlotReserved') places.set(readText(data, 'fix_id'), position);
    if (type === 'FleetSlotReleased') places.delete(readText(data, 'fix_id'));
  }

  return {
    observe(event) {
      policy.observe(event);
      if (event.type === 'ServiceRegistered') services.add(readText(event.data, 'id'));
      if (event.type === 'ServiceRetired') services.delete(readText(event.data, 'id'));
      if (ENDS.has(event.type) && !isFollowedByEnd(event)) {
        live.delete(readText(event.data, 'fix_id'));
        ended.add(readText(event.data, 'fix_id'));
      }
      hold(event);
      // What had ended is live again by its undo, which is no action of the hour.
      const begins = event.type === 'FixCommanded' && readText(event.data, 'undoes') === '';
      return begins || event.type === 'UndoBegun' ? judge(event) : [];
    },
    finish: () =>
      [...places].flatMap(([fixId, position]) =>
        ended.has(fixId)
          ? [
              violation('slot-kept', `${fixId} has ended and holds a place among the live fixes`, {
                positions: [position],
                ids: [fixId],
              }),
            ]
          : [],
      ),
  };
}

/** An undo that no person wanted leads to the end that its fix had come to. */
const isFollowedByEnd = ({ type, data }: LogEvent): boolean => type === 'FixUndone' && readText(data, 'requested_by') === '';
