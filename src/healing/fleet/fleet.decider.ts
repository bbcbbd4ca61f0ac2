import type { FixEvent } from '../saga/fix.events.ts';
import { computeUndoId } from '../saga/fix-steps.ts';
import type { FleetRoom } from './fleet-places.ts';
import type { FleetLimit, FleetSlotEvent } from './fleet-slot.events.ts';

/** One event for the stream of one place, and how that must stand. */
export interface FleetWrite {
  limit: FleetLimit;
  place: number;
  /** Absent where what others did meanwhile changes nothing. */
  expected?: number;
  event: FleetSlotEvent;
}

/**
 * What a fix's events take of the fleet's limits, and give back. Each command is an action of the hour
 * and touches its target; the first one makes its fix a live one. An undo is none of those actions; what had ended is live again by it.
 *
 * @param rooms as the guards saw them; needed where something is commanded
 * @param heldPlace of the live fix; needed where it ends
 */
export function fleetWritesOf(
  target: string,
  events: readonly FixEvent[],
  { rooms, heldPlace }: { rooms?: Readonly<Record<FleetLimit, FleetRoom>> | undefined; heldPlace?: number | undefined },
): FleetWrite[] {
  return events.flatMap((event): FleetWrite[] => {
    switch (event.type) {
      case 'FixCommanded': {
        const { fix_id, command_id, attempt, undoes } = event.data;
        if (undoes !== undefined) return [];
        const limits: readonly FleetLimit[] = attempt === 1 ? ['live', 'radius', 'budget'] : ['radius', 'budget'];
        return limits.flatMap((limit) => takeRoom(limit, { target, fix_id, command_id }, rooms?.[limit]));
      }
      case 'UndoBegun': {
        const { fix_id, requested, undoes } = event.data;
        const [first] = undoes;
        if (requested === undefined || first === undefined) return [];
        return takeRoom('live', { target, fix_id, command_id: computeUndoId(first) }, rooms?.live);
      }
      case 'FixUndone':
      case 'FixHealed':
      case 'FixAbandoned':
      case 'FixEscalated': {
        // An end of its own follows where no person wanted the undo.
        const isEnd = event.type !== 'FixUndone' || event.data.requested_by !== undefined;
        if (heldPlace === undefined || !isEnd) return [];
        const data = { limit: 'live' as const, place: heldPlace, target, fix_id: event.data.fix_id };
        return [{ limit: 'live', place: heldPlace, event: { type: 'FleetSlotReleased', data } }];
      }
      default:
        return [];
    }
  });
}

function takeRoom(
  limit: FleetLimit,
  taker: { target: string; fix_id: string; command_id: string },
  room: FleetRoom | undefined,
): FleetWrite[] {
  if (room?.free === undefined) return [];
  const { place, version } = room.free;
  return [{ limit, place, expected: version, event: { type: 'FleetSlotReserved', data: { limit, place, ...taker } } }];
}
