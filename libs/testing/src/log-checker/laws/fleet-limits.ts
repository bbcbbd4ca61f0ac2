import { readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';
import { PolicyHistory } from './policy-history.ts';

/** Less what the clocks of orchestrator and database may differ by. */
const CLOCKS_MS = 5_000;
const HOUR_MS = 3_600_000;
const ENDS: ReadonlySet<string> = new Set(['FixHealed', 'FixEscalated', 'FixAbandoned']);

interface Action {
  readonly target: string;
  readonly atMs: number;
}

/**
 * `guard-breached`, of the fleet: counted from commands and ends alone, and not from the places that they reserve, never more fixes
 * are live, targets touched or actions begun than was set when they were commanded.
 */
export function createFleetLimitLaw(): Law {
  const policy = new PolicyHistory();
  const services = new Set<string>();
  const live = new Set<string>();
  let actions: readonly Action[] = [];

  function judge({ data, position, recordedAtMs }: LogEvent): Violation[] {
    const target = readText(data, 'target');
    const fixId = readText(data, 'fix_id');
    const limit = (name: Parameters<PolicyHistory['limit']>[0]): number => policy.limit(name, '', '');
    live.add(fixId);
    actions = [...actions.filter(({ atMs }) => atMs > recordedAtMs - HOUR_MS + CLOCKS_MS), { target, atMs: recordedAtMs }];
    const sinceMs = recordedAtMs - limit('blast_radius_window_ms') + CLOCKS_MS;
    const touched = new Set(actions.filter(({ atMs }) => atMs > sinceMs).map((action) => action.target));
    const counts: [what: string, count: number, most: number][] = [
      ['live fixes', live.size, limit('max_live_fixes')],
      ['targets touched', touched.size, Math.max(1, Math.floor(limit('blast_radius_share') * services.size))],
      ['actions in an hour', actions.length, limit('max_fleet_actions_per_hour')],
    ];
    return counts
      .filter(([, count, most]) => count > most)
      .map(([what, count, most]) =>
        violation('guard-breached', `${readText(data, 'command_id')}: ${count} ${what} and not more than ${most}`, {
          positions: [position],
          ids: [fixId],
        }),
      );
  }

  return {
    observe(event) {
      policy.observe(event);
      if (event.type === 'ServiceRegistered') services.add(readText(event.data, 'id'));
      if (event.type === 'ServiceRetired') services.delete(readText(event.data, 'id'));
      if (ENDS.has(event.type)) live.delete(readText(event.data, 'fix_id'));
      return event.type === 'FixCommanded' ? judge(event) : [];
    },
  };
}
