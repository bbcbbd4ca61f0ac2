const BOOKKEEPING = new Set(['TimerSet', 'TimerFired', 'SlotReserved', 'SlotReleased']);

/** Events that keep the machine going and tell a reader nothing; `--all` shows them. */
export const isBookkeeping = (type: string): boolean => BOOKKEEPING.has(type);
