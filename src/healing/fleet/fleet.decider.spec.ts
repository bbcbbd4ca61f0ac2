import { describe, expect, it } from '@jest/globals';
import {
  buildBackingOffFix,
  buildCommandedFix,
  buildConfirmation,
  buildEscalatedFix,
  buildHealedFix,
  buildRoom,
  FIX_ID,
} from '../../../test/builders/fix-builder.ts';
import type { FleetRoom } from './fleet-places.ts';
import { fleetWritesOf } from './fleet.decider.ts';
import type { FleetLimit } from './fleet-slot.events.ts';

const ROOMS: Record<FleetLimit, FleetRoom> = {
  live: buildRoom({ free: { place: 3, version: 7 } }),
  radius: buildRoom({ free: { place: 4, version: 8 } }),
  budget: buildRoom({ free: { place: 5, version: 9 } }),
};
const written = (writes: ReturnType<typeof fleetWritesOf>): unknown[] =>
  writes.map(({ limit, place, expected, event }) => [event.type, limit, place, expected]);

describe('what a fix takes of the limits of the fleet', () => {
  it('is one of each with its first command, where there was room and nobody else came since', () => {
    const writes = fleetWritesOf('memory', buildCommandedFix().events, { rooms: ROOMS });
    expect(written(writes)).toEqual([
      ['FleetSlotReserved', 'live', 3, 7],
      ['FleetSlotReserved', 'radius', 4, 8],
      ['FleetSlotReserved', 'budget', 5, 9],
    ]);
    expect(writes[0]?.event.data).toEqual({
      limit: 'live',
      place: 3,
      target: 'memory',
      fix_id: FIX_ID,
      command_id: `${FIX_ID}.1`,
    });
  });

  it('is an action and another touch with each further command', () => {
    const writes = fleetWritesOf('memory', buildBackingOffFix().fire('retry'), { rooms: ROOMS });
    expect(written(writes)).toEqual([
      ['FleetSlotReserved', 'radius', 4, 8],
      ['FleetSlotReserved', 'budget', 5, 9],
    ]);
  });

  it('is counted anew where its target counts already', () => {
    const rooms = { ...ROOMS, radius: { ...ROOMS.radius, isHeld: true } };
    expect(written(fleetWritesOf('memory', buildCommandedFix().events, { rooms }))).toContainEqual([
      'FleetSlotReserved',
      'radius',
      4,
      8,
    ]);
  });

  it.each([
    ['is healed', buildHealedFix],
    ['is given up', buildEscalatedFix],
  ])('is given back when it %s, whatever others did meanwhile, and only once it held something', (_end, build) => {
    const last = build().events.slice(-3);
    expect(written(fleetWritesOf('memory', last, { heldPlace: 3 }))).toEqual([['FleetSlotReleased', 'live', 3, undefined]]);
    expect(fleetWritesOf('memory', last, {})).toEqual([]);
  });

  it('is nothing where nothing is commanded', () => {
    expect(fleetWritesOf('memory', buildConfirmation().events, { rooms: ROOMS })).toEqual([]);
  });
});
