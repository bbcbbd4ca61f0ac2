import type { ExpectedVersion, StreamCondition } from '#libs/event-store';
import { unchangedSince } from '../../platform/log/fold-stream.ts';
import type { LogWrite } from '../../platform/log/log.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import type { FixEvent } from '../saga/fix.events.ts';
import { fleetWritesOf } from '../fleet/fleet.decider.ts';
import type { FleetRoom } from '../fleet/fleet-places.ts';
import type { FleetLimit } from '../fleet/fleet-slot.events.ts';
import { slotEventsOf } from './slot.decider.ts';

/** What the guards saw when they allowed it: none of that may have changed when a command is stored. */
export interface ActionGround {
  /** Of the target's slot. */
  slotVersion: number;
  rooms: Readonly<Record<FleetLimit, FleetRoom>> | undefined;
  conditions: readonly StreamCondition[];
}

interface Held {
  /** The slot of a fix that holds it already; whoever doesn't needs the version that was seen. */
  slot?: ExpectedVersion;
  /** Where the fix is counted among the live ones. */
  place?: number | undefined;
}

/** What a fix's events reserve and release, to be stored in the same append: all of it or nothing. */
export function reservationsOf(
  target: string,
  events: readonly FixEvent[],
  ground: ActionGround | undefined,
  { slot, place }: Held = {},
): LogWrite[] {
  const fleet = fleetWritesOf(target, events, { rooms: ground?.rooms, heldPlace: place });
  return [
    {
      stream: logStreams.slot(target),
      expected: slot ?? unchangedSince({ version: ground?.slotVersion ?? 0 }),
      events: slotEventsOf(target, events),
    },
    ...fleet.map(({ limit, place: taken, expected, event }) => ({
      stream: logStreams.fleetSlot(limit, taken),
      expected: expected === undefined ? ('exists' as const) : unchangedSince({ version: expected }),
      events: [event],
    })),
  ];
}
