import { describe, expect, it } from '@jest/globals';
import { Clock } from './clock.ts';

const HOUR_MS = 3_600_000;
/** Far more than a test takes. */
const SOON_MS = 60_000;

describe('the clock', () => {
  it('goes by the time that it was set to', () => {
    const clock = new Clock();
    const hourAgo = Date.now() - HOUR_MS;
    clock.setTo(new Date(hourAgo));
    expect(clock.nowMs()).toBeGreaterThanOrEqual(hourAgo);
    expect(clock.nowMs()).toBeLessThan(hourAgo + SOON_MS);
  });

  it('is never behind an event that was read', () => {
    const clock = new Clock();
    const inAnHour = Date.now() + HOUR_MS;
    clock.catchUpWith(new Date(inAnHour));
    expect(clock.nowMs()).toBeGreaterThanOrEqual(inAnHour);
  });

  it('does not go back for an event that was recorded long ago', () => {
    const clock = new Clock();
    const before = clock.nowMs();
    clock.catchUpWith(new Date(before - HOUR_MS));
    expect(clock.nowMs()).toBeGreaterThanOrEqual(before);
  });
});
