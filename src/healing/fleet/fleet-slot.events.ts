/**
 * Limits of the whole fleet: fixes that are live, targets that were touched lately, actions of the hour. Each is cut into numbered
 * places with a stream of its own, so that the last one goes to one, and the others don't wait for each other.
 */
export type FleetLimit = 'live' | 'radius' | 'budget';

/** Stream `slot-fleet.<limit>.<place>`: stored in the append of the command that needs it. */
export interface FleetSlotReserved {
  type: 'FleetSlotReserved';
  data: { limit: FleetLimit; place: number; target: string; fix_id: string; command_id: string };
}

/** Only live fixes give theirs back; the others end with time. */
export interface FleetSlotReleased {
  type: 'FleetSlotReleased';
  data: { limit: FleetLimit; place: number; target: string; fix_id: string };
}

export type FleetSlotEvent = FleetSlotReserved | FleetSlotReleased;
