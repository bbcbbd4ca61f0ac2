import { describe, expect, it } from '@jest/globals';
import { buildCommandedFix, buildConfirmation, buildVerifyingFix, FIX_ID } from '../../test/builders/fix-builder.ts';
import { slotEventsOf } from './slot.decider.ts';
import { evolveSlot, FREE_SLOT, type SlotState } from './slot.ts';
import type { SlotEvent } from './slot.events.ts';

const at = (ms: number): Date => new Date(ms);
const reserve = (fix_id: string): SlotEvent => ({
  type: 'SlotReserved',
  data: { target: 'memory', fix_id, command_id: `${fix_id}.1` },
});
const release = (fix_id: string): SlotEvent => ({ type: 'SlotReleased', data: { target: 'memory', fix_id } });

describe('the slot of a target', () => {
  it('is reserved by the command, in the same append', () => {
    expect(slotEventsOf('memory', buildCommandedFix().events)).toEqual([reserve(FIX_ID)]);
  });

  it('is released by the end of the fix and by nothing before', () => {
    const fix = buildVerifyingFix();
    expect(slotEventsOf('memory', fix.events)).toEqual([reserve(FIX_ID)]);
    expect(slotEventsOf('memory', fix.fire('verification-deadline'))).toEqual([release(FIX_ID)]);
  });

  it('is neither reserved nor released by a check that commands nothing', () => {
    const [confirmed, refuted] = [buildConfirmation(), buildConfirmation()];
    for (let i = 0; i < 6; i++) confirmed.probe(true);
    refuted.fire('verification-deadline');
    expect(confirmed.state.state).toBe('healed');
    expect([confirmed, refuted].flatMap(({ events }) => slotEventsOf('memory', events))).toEqual([]);
  });

  it('is held by one fix and free after it', () => {
    const held = evolveSlot(FREE_SLOT, reserve('f1'), at(1));
    expect(held).toEqual({ liveFix: 'f1', reservedAtMs: [1] });
    expect(evolveSlot(held, release('f1'), at(2))).toEqual({ reservedAtMs: [1] });
  });

  it('is not released by a fix that does not hold it', () => {
    const held: SlotState = { liveFix: 'f2', reservedAtMs: [1, 2] };
    expect(evolveSlot(held, release('f1'), at(3))).toEqual(held);
  });

  it('forgets actions that an hour has passed over', () => {
    const HOUR_MS = 3_600_000;
    const late = [0, 1, HOUR_MS + 1].reduce((state, ms) => evolveSlot(state, reserve('f1'), at(ms)), FREE_SLOT);
    expect(late.reservedAtMs).toEqual([HOUR_MS + 1]);
  });

  it('counts every command as an action, second attempts too', () => {
    const twice = [reserve('f1'), reserve('f1')].reduce((state, event, index) => evolveSlot(state, event, at(index)), FREE_SLOT);
    expect(twice).toEqual({ liveFix: 'f1', reservedAtMs: [0, 1] });
  });
});
