import type { Limits } from '../policy/policy-settings.ts';
import type { SlotEvent } from './slot.events.ts';

const HOUR_MS = 3_600_000;

/** Who holds a target, and when actions on it were begun. */
export interface SlotState {
  liveFix?: string;
  /** Each action of the hour before the last one, in milliseconds since 1970. */
  reservedAtMs: readonly number[];
}

export const FREE_SLOT: SlotState = { reservedAtMs: [] };

/** Folds one event of a slot stream. Each command reserves, also the second attempt of the same fix: each is an action. */
export function evolveSlot(state: SlotState, event: SlotEvent, recordedAt: Date): SlotState {
  switch (event.type) {
    case 'SlotReserved': {
      const atMs = recordedAt.getTime();
      if (event.data.is_undo) return { ...state, liveFix: event.data.fix_id };
      const inTheHour = state.reservedAtMs.filter((earlier) => earlier > atMs - HOUR_MS);
      return { liveFix: event.data.fix_id, reservedAtMs: [...inTheHour, atMs] };
    }
    case 'SlotReleased':
      return state.liveFix === event.data.fix_id ? { reservedAtMs: state.reservedAtMs } : state;
  }
}

/** Actions on this target, each attempt one, in a rolling hour: what stops a fix that is begun and stops one that would go on. */
export const isRateExhausted = (
  { reservedAtMs }: SlotState,
  { max_actions_per_hour: most }: Pick<Limits, 'max_actions_per_hour'>,
  nowMs: number,
): boolean => reservedAtMs.filter((at) => at > nowMs - HOUR_MS).length >= most;

/** Until when a target is left alone: longer after each action, until it was let be for a while. In milliseconds since 1970. */
export function computeCoolDownEnd(
  { reservedAtMs }: SlotState,
  limits: Pick<Limits, 'first_cool_down_ms' | 'longest_cool_down_ms' | 'cool_down_reset_ms'>,
): number {
  const last = reservedAtMs.at(-1);
  if (last === undefined) return -Infinity;
  const pause = reservedAtMs.findLastIndex(
    (at, index) => at - (reservedAtMs[index - 1] ?? -Infinity) > limits.cool_down_reset_ms,
  );
  const actions = reservedAtMs.length - Math.max(0, pause);
  return last + Math.min(limits.longest_cool_down_ms, limits.first_cool_down_ms * 2 ** (actions - 1));
}
