import { readText } from '../fields.ts';
import { type Law, violation } from '../law.ts';

const MAX_ACTIONS = 5;
/** An hour, less what the clocks of orchestrator and database may differ by. */
const WINDOW_MS = 3_600_000 - 5_000;

/** `guard-breached`, of the rate: on no target are more than five actions begun in an hour, each attempt one. */
export function createActionRateLaw(): Law {
  const actions = new Map<string, readonly number[]>();
  return {
    observe({ type, position, data, recordedAtMs }) {
      if (type !== 'SlotReserved') return [];
      const target = readText(data, 'target');
      const earlier = (actions.get(target) ?? []).filter((atMs) => atMs > recordedAtMs - WINDOW_MS);
      actions.set(target, [...earlier, recordedAtMs]);
      if (earlier.length < MAX_ACTIONS) return [];
      const sentence = `action ${earlier.length + 1} on ${target} within an hour`;
      return [violation('guard-breached', sentence, { positions: [position], ids: [target, readText(data, 'command_id')] })];
    },
  };
}
