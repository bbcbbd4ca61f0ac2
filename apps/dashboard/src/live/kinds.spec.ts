import { describe, expect, it } from '@jest/globals';
import { kindsOf } from './kinds.ts';

describe('kinds of events', () => {
  it('keeps timers and reservations out of the story', () => {
    expect(kindsOf('TimerSet')).toEqual(['everything']);
  });

  it('has each event of the story under its own kind too', () => {
    expect(kindsOf('VerdictReached')).toEqual(['everything', 'story', 'checks']);
  });

  it('shows an event that it does not know rather than hide it', () => {
    expect(kindsOf('SomethingNew')).toEqual(['everything', 'story']);
  });
});
