import { describe, expect, it } from '@jest/globals';
import { kindsOf } from './kinds.ts';

describe('kinds of events', () => {
  it('keeps timers and reservations out of the story', () => {
    expect(kindsOf({ type: 'TimerSet', data: {} })).toEqual(['everything']);
    expect(kindsOf({ type: 'SlotReserved', data: {} })).toEqual(['everything']);
  });

  it('has an attempt that waits for something in the story', () => {
    const data = { name: 'retry', reason_code: 'dependency-is-up:dependency-is-down' };
    expect(kindsOf({ type: 'TimerSet', data })).toEqual(['everything', 'story', 'fixes']);
  });

  it('has each event of the story under its own kind too', () => {
    expect(kindsOf({ type: 'VerdictReached', data: {} })).toEqual(['everything', 'story', 'checks']);
  });

  it('shows an event that it does not know rather than hide it', () => {
    expect(kindsOf({ type: 'SomethingNew', data: {} })).toEqual(['everything', 'story']);
  });
});
