import { describe, expect, it } from '@jest/globals';
import { buildCommandedFix, buildConfirmation, buildVerifyingFix, FIX_ID } from '../../../test/builders/fix-builder.ts';
import { slotEventsOf } from './slot.decider.ts';
import { computeCoolDownEnd, evolveSlot, FREE_SLOT, isRateExhausted, type SlotState } from './slot.ts';
import { SAFE_LIMITS } from '../policy/policy-settings.ts';
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

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** How long a target is left alone after actions at these times. */
const coolDownAfter = (...atMs: number[]): number => computeCoolDownEnd({ reservedAtMs: atMs }, SAFE_LIMITS) - (atMs.at(-1) ?? 0);

describe('the cool-down of a target', () => {
  it('is none before the first action', () => {
    expect(computeCoolDownEnd(FREE_SLOT, SAFE_LIMITS)).toBe(-Infinity);
  });

  it('doubles with each action, from 10 s to 5 min', () => {
    const actions = Array.from({ length: 8 }, (_, n) => n * MINUTE_MS);
    const coolDowns = actions.map((_, n) => coolDownAfter(...actions.slice(0, n + 1)) / SECOND_MS);
    expect(coolDowns).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });

  it('begins anew after a pause of more than ten minutes, wherever that was', () => {
    expect(coolDownAfter(0, MINUTE_MS, 11 * MINUTE_MS)).toBe(40 * SECOND_MS);
    expect(coolDownAfter(0, MINUTE_MS, 11 * MINUTE_MS + 1)).toBe(10 * SECOND_MS);
    expect(coolDownAfter(0, 20 * MINUTE_MS, 21 * MINUTE_MS)).toBe(20 * SECOND_MS);
  });

  it('goes by what is set', () => {
    const limits = { first_cool_down_ms: 1, longest_cool_down_ms: 3, cool_down_reset_ms: MINUTE_MS };
    expect([[0], [0, 9], [0, 9, 99]].map((reservedAtMs) => computeCoolDownEnd({ reservedAtMs }, limits))).toEqual([1, 11, 102]);
  });
});

describe('the rate of actions', () => {
  it('is used up by five within a rolling hour', () => {
    const reservedAtMs = [0, 1, 2, 3, 4];
    expect(isRateExhausted({ reservedAtMs }, SAFE_LIMITS, 60 * MINUTE_MS - 1)).toBe(true);
    expect(isRateExhausted({ reservedAtMs }, SAFE_LIMITS, 60 * MINUTE_MS)).toBe(false);
    expect(isRateExhausted({ reservedAtMs: reservedAtMs.slice(1) }, SAFE_LIMITS, 4)).toBe(false);
  });
});
