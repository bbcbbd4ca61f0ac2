import type { Folded } from '../../platform/log/fold-stream.ts';
import type { FleetLimit, FleetSlotEvent } from './fleet-slot.events.ts';

interface Unit {
  fixId: string;
  target: string;
  /** In milliseconds since 1970. */
  takenAtMs: number;
}

/** Who holds a place, the latest last. */
export type Place = readonly Unit[];

/** More places than this would only be more streams: then each holds several units. */
export const MOST_PLACES = 64;

const HOUR_MS = 3_600_000;

/** What is older counts in no window of those that may be set. */
const KEPT_MS = 24 * HOUR_MS;

/** Folds one event of a place. */
export function evolvePlace(place: Place, { type, data }: FleetSlotEvent, recordedAt: Date): Place {
  if (type === 'FleetSlotReleased') return place.filter(({ fixId }) => fixId !== data.fix_id);
  const takenAtMs = recordedAt.getTime();
  return [...place.filter((unit) => isKept(unit, data, takenAtMs)), { fixId: data.fix_id, target: data.target, takenAtMs }];
}

/** A target that is touched again is still one that is touched, since then. */
function isKept(unit: Unit, { limit, target }: FleetSlotEvent['data'], nowMs: number): boolean {
  if (limit === 'live') return true;
  return unit.takenAtMs > nowMs - KEPT_MS && (limit !== 'radius' || unit.target !== target);
}

/** How many units a place holds, of so many in all. */
export function capacityOf(place: number, limit: number): number {
  const places = Math.min(limit, MOST_PLACES);
  if (place >= places) return 0;
  return Math.floor(limit / places) + (place < limit % places ? 1 : 0);
}

/** What is used of a limit, and where there is room for one more. */
export interface FleetRoom {
  used: number;
  limit: number;
  /** Where it may be taken, as long as nothing was appended there since; absent where all is taken. */
  free?: { place: number; version: number };
  /** It counts already: taken again there, it only counts for longer. */
  isHeld: boolean;
}

export interface RoomQuestion {
  kind: FleetLimit;
  target: string;
  limit: number;
  /** How long a unit counts; live ones as long as they aren't given back. */
  windowMs: number;
  nowMs: number;
  /** Where to look first, so that those who ask at once don't all take the same place. */
  first: number;
}

/** @param places of one limit, as many as there are streams, in their order */
export function findRoom(
  places: readonly Folded<Place>[],
  { kind, target, limit, windowMs, nowMs, first }: RoomQuestion,
): FleetRoom {
  const sinceMs = kind === 'live' ? -Infinity : nowMs - windowMs;
  const used = places.reduce((sum, { state }) => sum + countSince(state, sinceMs), 0);
  const isTouched = ({ state }: Folded<Place>): boolean => (touchedTargetsOf(state).get(target) ?? -Infinity) > sinceMs;
  const held = kind === 'radius' ? places.findIndex(isTouched) : -1;
  if (held !== -1) return { used, limit, isHeld: true, ...roomAt(places, held) };
  if (used >= limit) return { used, limit, isHeld: false };
  // Only those that may hold something, or most would begin at the first one.
  const open = Math.min(limit, places.length);
  for (let step = 0; step < open; step++) {
    const place = (first + step) % open;
    if (countSince(places[place]?.state ?? [], sinceMs) < capacityOf(place, limit))
      return { used, limit, isHeld: false, ...roomAt(places, place) };
  }
  return { used, limit, isHeld: false };
}

/** When each target of a place was taken last. Places hardly change between two questions, and hold thousands of units together. */
function touchedTargetsOf(place: Place): ReadonlyMap<string, number> {
  const known = touchedTargets.get(place);
  if (known !== undefined) return known;
  const found = new Map(place.map(({ target, takenAtMs }) => [target, takenAtMs]));
  touchedTargets.set(place, found);
  return found;
}
const touchedTargets = new WeakMap<Place, ReadonlyMap<string, number>>();

function roomAt(places: readonly Folded<Place>[], place: number): Pick<FleetRoom, 'free'> {
  const version = places[place]?.version;
  return version === undefined ? {} : { free: { place, version } };
}

/** Units are in the order of time, and may be thousands; mostly all of them are of late. */
function countSince(place: Place, sinceMs: number): number {
  if ((place[0]?.takenAtMs ?? Infinity) > sinceMs) return place.length;
  let [least, most] = [0, place.length];
  while (least < most) {
    const middle = Math.floor((least + most) / 2);
    if ((place[middle]?.takenAtMs ?? Infinity) > sinceMs) most = middle;
    else least = middle + 1;
  }
  return place.length - least;
}

/** At least one, or a service that stands alone could never be helped. */
export const computeBlastRadius = (share: number, targets: number): number => Math.max(1, Math.floor(share * targets));
