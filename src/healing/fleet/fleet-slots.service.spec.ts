import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryCheckpoints } from '#libs/event-store';
import { FlakyReads } from '../../../test/builders/flaky-reads.ts';
import { store } from '../../../test/builders/log-builder.ts';
import { ManualClock } from '../../../test/builders/manual-clock.ts';
import { Log } from '../../platform/log/log.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import type { FleetLimit } from './fleet-slot.events.ts';
import type { RoomQuestion } from './fleet-places.ts';
import { FleetSlots } from './fleet-slots.service.ts';

const question = (kind: FleetLimit): Omit<RoomQuestion, 'first'> => ({
  kind,
  target: 'memory',
  limit: 10,
  windowMs: 60_000,
  nowMs: Date.now(),
});
const QUESTIONS = { live: question('live'), radius: question('radius'), budget: question('budget') };
const PLACE = 4;
const STREAM = logStreams.fleetSlot('live', PLACE);

describe('the slots of the fleet', () => {
  let events: FlakyReads;
  let log: Log;
  let slots: FleetSlots;

  beforeEach(() => {
    events = new FlakyReads();
    log = new Log(events, new InMemoryCheckpoints(), new ManualClock());
    slots = new FleetSlots(log);
  });

  const reserve = (fix_id: string): Promise<void> =>
    store(log, STREAM, {
      type: 'FleetSlotReserved',
      data: { limit: 'live', place: PLACE, target: 'memory', fix_id, command_id: `${fix_id}.1` },
    });
  const release = (fix_id: string): Promise<void> =>
    store(log, STREAM, { type: 'FleetSlotReleased', data: { limit: 'live', place: PLACE, target: 'memory', fix_id } });
  const used = async (): Promise<number> => {
    await slots.catchUp();
    return slots.findRooms(QUESTIONS).live.used;
  };

  it('are read whole at first, and then only where something is known to have happened', async () => {
    await reserve('f1');
    expect(await used()).toBe(1);
    events.reads = 0;
    expect(await used()).toBe(1);
    expect(events.reads).toBe(0);
    await reserve('f2');
    slots.noteStreams([STREAM, 'another']);
    expect(await used()).toBe(2);
    expect(events.reads).toBe(1);
  });

  it('are all looked at again when nobody knows what happened', async () => {
    expect(await used()).toBe(0);
    await reserve('f1');
    slots.noteAnything();
    expect(await used()).toBe(1);
  });

  it('send those who ask at once to different places', async () => {
    await slots.catchUp();
    const places = Array.from({ length: 5 }, () => slots.findRooms(QUESTIONS).live.free?.place);
    expect(new Set(places).size).toBeGreaterThan(1);
  });

  it('tell where a live fix is counted, until it has given that back', async () => {
    await reserve('f1');
    expect(await slots.findHeld('f1')).toBe(PLACE);
    expect(await slots.findHeld('f2')).toBeUndefined();
    await release('f1');
    slots.noteStreams([STREAM]);
    expect(await slots.findHeld('f1')).toBeUndefined();
  });

  it('find the place that another orchestrator took for a fix, of which nobody told', async () => {
    expect(await used()).toBe(0);
    await reserve('f1');
    expect(await slots.findHeld('f1')).toBe(PLACE);
  });

  it('let nobody go on before what is being read is read', async () => {
    expect(await used()).toBe(0);
    await reserve('f1');
    slots.noteStreams([STREAM]);
    const [first, second] = await Promise.all([used(), used()]);
    expect([first, second]).toEqual([1, 1]);
  });

  it('say nothing while the log is away, and forget nothing of what they have to read', async () => {
    expect(await used()).toBe(0);
    await reserve('f1');
    slots.noteStreams([STREAM]);
    events.isAway = true;
    await expect(used()).rejects.toThrow('away');
    events.isAway = false;
    expect(await used()).toBe(1);
  });
});
