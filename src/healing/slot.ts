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
      const inTheHour = state.reservedAtMs.filter((earlier) => earlier > atMs - HOUR_MS);
      return { liveFix: event.data.fix_id, reservedAtMs: [...inTheHour, atMs] };
    }
    case 'SlotReleased':
      return state.liveFix === event.data.fix_id ? { reservedAtMs: state.reservedAtMs } : state;
  }
}

/** Actions on this target, each attempt one, in a rolling hour: what stops a fix that is begun and stops one that would go on. */
export const MAX_ACTIONS_PER_HOUR = 5;

export const isRateExhausted = ({ reservedAtMs }: SlotState, nowMs: number): boolean =>
  reservedAtMs.filter((at) => at > nowMs - HOUR_MS).length >= MAX_ACTIONS_PER_HOUR;
