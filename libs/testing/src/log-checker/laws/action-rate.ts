import { readText } from '../fields.ts';
import { type Law, violation } from '../law.ts';
import { PolicyHistory } from './policy-history.ts';

/** An hour, less what the clocks of orchestrator and database may differ by. */
const WINDOW_MS = 3_600_000 - 5_000;

/** `guard-breached`, of the rate: on no target are more actions begun in an hour than is set, each attempt one. */
export function createActionRateLaw(): Law {
  const actions = new Map<string, readonly number[]>();
  const policy = new PolicyHistory();
  const strategies = new Map<string, string>();
  return {
    observe(event) {
      policy.observe(event);
      if (event.type === 'FixObserved') strategies.set(readText(event.data, 'fix_id'), readText(event.data, 'strategy'));
      const { type, position, data, recordedAtMs } = event;
      if (type !== 'SlotReserved' || data['is_undo'] === true) return [];
      const target = readText(data, 'target');
      const earlier = (actions.get(target) ?? []).filter((atMs) => atMs > recordedAtMs - WINDOW_MS);
      actions.set(target, [...earlier, recordedAtMs]);
      const strategy = strategies.get(readText(data, 'fix_id')) ?? '';
      if (earlier.length < policy.limit('max_actions_per_hour', target, strategy)) return [];
      const sentence = `action ${earlier.length + 1} on ${target} within an hour`;
      return [violation('guard-breached', sentence, { positions: [position], ids: [target, readText(data, 'command_id')] })];
    },
  };
}
