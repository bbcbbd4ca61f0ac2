import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Clock } from './clock.ts';

const HOUR_MS = 3_600_000;
const START = new Date('2026-01-01T00:00:00.000Z');
const later = (ms: number): Date => new Date(START.getTime() + ms);

describe('the clock', () => {
  let clock: Clock;
  let isAt: number;

  /** Lets time pass, for the database too. */
  const pass = (ms: number): void => {
    isAt += ms;
  };
  const isAhead = (): number => clock.nowMs() - START.getTime();

  beforeEach(() => {
    isAt = 5_000;
    jest.spyOn(performance, 'now').mockImplementation(() => isAt);
    clock = new Clock();
    clock.setTo(START);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('goes by the time of the database', () => {
    expect(clock.nowMs()).toBe(START.getTime());
    pass(1_500);
    expect(clock.nowMs()).toBe(later(1_500).getTime());
  });

  it('is never behind an event that was read', () => {
    clock.catchUpWith(later(HOUR_MS));
    expect(isAhead()).toBe(HOUR_MS);
    clock.catchUpWith(later(-HOUR_MS));
    expect(isAhead()).toBe(HOUR_MS);
  });

  it('follows a database whose clock is set ahead', () => {
    clock.setTo(later(HOUR_MS));
    expect(isAhead()).toBe(HOUR_MS);
  });

  it('neither goes back nor stands still when the clock of the database is set back', () => {
    expect(isAhead()).toBe(0);
    clock.setTo(later(-HOUR_MS));
    let before = isAhead();
    for (let second = 1; second <= 10; second++) {
      pass(1_000);
      expect(isAhead() - before).toBe(500);
      before += 500;
    }
    expect(clock.databaseMs()).toBe(later(-HOUR_MS + 10_000).getTime());
  });

  it('agrees with the database again after twice the time that it was ahead', () => {
    clock.catchUpWith(later(HOUR_MS));
    expect(isAhead()).toBe(HOUR_MS);
    for (let minute = 1; minute <= 120; minute++) {
      pass(60_000);
      clock.nowMs();
    }
    expect(clock.nowMs()).toBe(clock.databaseMs());
  });

  it("knows by the database's clock when the broker stored something, also after that was set", () => {
    expect(clock.ofBroker(later(7))).toBe(later(7).getTime());
    clock.setBrokerTo(later(HOUR_MS), performance.now());
    expect(clock.ofBroker(later(HOUR_MS))).toBe(START.getTime());
    clock.setTo(later(2 * HOUR_MS));
    pass(500);
    expect(clock.ofBroker(later(HOUR_MS + 500))).toBe(clock.databaseMs());
  });
});
