import type { LogEvent } from '../api/log-event.schema.ts';

const BOOKKEEPING = new Set(['TimerSet', 'TimerFired', 'SlotReserved', 'SlotReleased', 'FleetSlotReserved', 'FleetSlotReleased']);

/** A timer is set all the time; one with a reason makes something wait that a reader waits for too. */
const hasReason = ({ data }: Pick<LogEvent, 'data'>): boolean => data['reason_code'] !== undefined;

/** Events that keep the machine going and tell a reader nothing; `--all` shows them. */
export const isBookkeeping = (event: Pick<LogEvent, 'type' | 'data'>): boolean =>
  BOOKKEEPING.has(event.type) && !hasReason(event);
