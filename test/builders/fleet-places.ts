import type { FleetLimit, FleetSlotEvent } from '../../src/healing/fleet/fleet-slot.events.ts';
import { evolvePlace, type FleetRoom, MOST_PLACES, type Place } from '../../src/healing/fleet/fleet-places.ts';
import type { Folded } from '../../src/platform/log/fold-stream.ts';

export interface TakenUnit {
  fixId: string;
  target: string;
  atMs: number;
}

/** The places of one limit as the log has them: what rests on an old version is refused. */
export class FleetPlaces {
  constructor(private readonly places: Folded<Place>[]) {}

  get all(): readonly Folded<Place>[] {
    return this.places;
  }

  /** What somebody sees who looks now. */
  copy(): FleetPlaces {
    return new FleetPlaces([...this.places]);
  }

  append(event: FleetSlotEvent, atMs: number, expected?: number): boolean {
    const { place } = event.data;
    const known = this.places[place];
    if (known === undefined) throw new Error(`there is no place ${place}`);
    if (expected !== undefined && known.version !== expected) return false;
    this.places[place] = { state: evolvePlace(known.state, event, new Date(atMs)), version: known.version + 1 };
    return true;
  }

  giveBack({ fixId, target }: TakenUnit): void {
    const place = this.places.findIndex(({ state }) => state.some((unit) => unit.fixId === fixId));
    this.append({ type: 'FleetSlotReleased', data: { limit: 'live', place, target, fix_id: fixId } }, 0);
  }
}

export const buildFleetPlaces = (): FleetPlaces =>
  new FleetPlaces(Array.from({ length: MOST_PLACES }, () => ({ state: [], version: 0 })));

/** Takes the room that was found, unless somebody was quicker. */
export function take(places: FleetPlaces, limit: FleetLimit, { free }: FleetRoom, { fixId, target, atMs }: TakenUnit): boolean {
  if (free === undefined) return false;
  const data = { limit, place: free.place, target, fix_id: fixId, command_id: `${fixId}.1` };
  return places.append({ type: 'FleetSlotReserved', data }, atMs, free.version);
}
