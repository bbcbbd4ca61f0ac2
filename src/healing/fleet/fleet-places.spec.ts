import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildFleetPlaces, type FleetPlaces, take } from '../../../test/builders/fleet-places.ts';
import type { FleetLimit, FleetSlotEvent } from './fleet-slot.events.ts';
import {
  capacityOf,
  computeBlastRadius,
  evolvePlace,
  findRoom,
  MOST_PLACES,
  type Place,
  type RoomQuestion,
} from './fleet-places.ts';

const WINDOW_MS = 600_000;
const DAY_MS = 86_400_000;

const ask = (parts: Partial<RoomQuestion> = {}): RoomQuestion => ({
  kind: 'live',
  target: 'memory',
  limit: 2,
  windowMs: WINDOW_MS,
  nowMs: WINDOW_MS,
  first: 0,
  ...parts,
});

/** One who takes or gives back, by what it saw a while ago. */
const step = fc.record({
  taker: fc.nat(3),
  target: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  first: fc.nat(MOST_PLACES - 1),
  afterMs: fc.nat(WINDOW_MS / 4),
  looks: fc.boolean(),
  gives: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Plays the steps; tells after each how much is held, as somebody counts it who knows nothing of places. */
function play(kind: FleetLimit, limit: number, steps: readonly Step[]): number[] {
  const places = buildFleetPlaces();
  const views = new Map<number, FleetPlaces>();
  const taken: { fixId: string; target: string; atMs: number }[] = [];
  const given = new Set<string>();
  let nowMs = DAY_MS;
  return steps.map(({ taker, target, first, afterMs, looks, gives }, n) => {
    nowMs += afterMs;
    if (looks || !views.has(taker)) views.set(taker, places.copy());
    const held = taken.find(({ fixId }) => !given.has(fixId));
    if (gives && kind === 'live' && held !== undefined) {
      places.giveBack(held);
      given.add(held.fixId);
    } else {
      const room = findRoom(views.get(taker)?.all ?? [], ask({ kind, limit, target, first, nowMs }));
      const unit = { fixId: `f${n}`, target, atMs: nowMs };
      if (take(places, kind, room, unit)) taken.push(unit);
    }
    const counted = taken.filter(({ fixId, atMs }) => (kind === 'live' ? !given.has(fixId) : atMs > nowMs - WINDOW_MS));
    return kind === 'radius' ? new Set(counted.map((unit) => unit.target)).size : counted.length;
  });
}

describe('the places of a limit', () => {
  it('hold as much as the limit says, whatever it is', () => {
    for (let limit = 0; limit <= 10_000; limit += 1) {
      const capacities = Array.from({ length: MOST_PLACES }, (_, place) => capacityOf(place, limit));
      expect(capacities.reduce((sum, capacity) => sum + capacity, 0)).toBe(limit);
    }
  });

  it.each<FleetLimit>(['live', 'radius', 'budget'])('never hold more of %s than the limit, however old the views are', (kind) => {
    fc.assert(
      fc.property(fc.nat(5), fc.array(step, { maxLength: 60 }), (limit, steps) =>
        play(kind, limit, steps).every((held) => held <= limit),
      ),
      { numRuns: 300 },
    );
  });

  it('let a limit be used up by takers of whom each looks first', () => {
    fc.assert(
      fc.property(fc.nat(100), (limit) => {
        const places = buildFleetPlaces();
        for (let n = 0; n < limit; n += 1) {
          const room = findRoom(places.all, ask({ limit, target: `t${n}`, first: n * 7 }));
          expect(take(places, 'live', room, { fixId: `f${n}`, target: `t${n}`, atMs: 0 })).toBe(true);
        }
        expect(findRoom(places.all, ask({ limit }))).toEqual({ used: limit, limit, isHeld: false });
      }),
      { numRuns: 20 },
    );
  });

  it('have no room when the limit was lowered below what is used', () => {
    const places = buildFleetPlaces();
    for (const n of [0, 1]) take(places, 'live', findRoom(places.all, ask()), { fixId: `f${n}`, target: 'memory', atMs: 0 });
    expect(findRoom(places.all, ask({ limit: 1 })).free).toBeUndefined();
    expect(findRoom(places.all, ask({ limit: 3 })).free).toBeDefined();
  });
});

describe('what is used', () => {
  const takeOne = (kind: FleetLimit, target: string, atMs: number): FleetPlaces => {
    const places = buildFleetPlaces();
    take(places, kind, findRoom(places.all, ask({ kind, target })), { fixId: `f-${target}`, target, atMs });
    return places;
  };

  it.each<FleetLimit>(['radius', 'budget'])('ends with time, of %s', (kind) => {
    const places = takeOne(kind, 'a', 1);
    expect(findRoom(places.all, ask({ kind, nowMs: WINDOW_MS })).used).toBe(1);
    expect(findRoom(places.all, ask({ kind, nowMs: WINDOW_MS + 1 })).used).toBe(0);
  });

  it('lasts as long as a fix lives, of those that are live', () => {
    expect(findRoom(takeOne('live', 'a', 1).all, ask({ nowMs: 10 * DAY_MS })).used).toBe(1);
  });

  it('is one target, however often that is touched, and from the last time on', () => {
    const places = takeOne('radius', 'a', 1);
    const room = findRoom(places.all, ask({ kind: 'radius', target: 'a', limit: 1, first: 5 }));
    expect(room).toMatchObject({ used: 1, isHeld: true, free: { place: 0, version: 1 } });
    take(places, 'radius', room, { fixId: 'f2', target: 'a', atMs: WINDOW_MS });
    const later = ask({ kind: 'radius', target: 'b', limit: 1, nowMs: WINDOW_MS + 1 });
    expect(findRoom(places.all, later)).toEqual({ used: 1, limit: 1, isHeld: false });
  });

  it('is kept for a day and no longer, so that no place grows for ever', () => {
    const reserve = (fix_id: string): FleetSlotEvent => ({
      type: 'FleetSlotReserved',
      data: { limit: 'budget', place: 0, target: 'memory', fix_id, command_id: `${fix_id}.1` },
    });
    const place = [0, 1, DAY_MS + 1].reduce<Place>((known, ms) => evolvePlace(known, reserve(`f${ms}`), new Date(ms)), []);
    expect(place.map(({ takenAtMs }) => takenAtMs)).toEqual([DAY_MS + 1]);
  });
});

describe('the blast radius', () => {
  it.each([
    [0.1, 0, 1],
    [0.1, 9, 1],
    [0.1, 19, 1],
    [0.1, 20, 2],
    [0.1, 1_000, 100],
    [0, 1_000, 1],
    [1, 12_000, 12_000],
  ])('of %f of %i targets is %i', (share, targets, radius) => {
    expect(computeBlastRadius(share, targets)).toBe(radius);
  });
});
