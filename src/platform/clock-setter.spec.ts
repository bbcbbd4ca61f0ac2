import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RecordingLogger } from '../../test/builders/recording-logger.ts';
import { Clock } from './clock.ts';
import { ClockSetter } from './clock-setter.ts';
import type { Database } from './database/database.ts';

const INTERVAL_MS = 2_000;
const HOUR_MS = 3_600_000;

describe('the setter of the clock', () => {
  let setter: ClockSetter;
  let clock: Clock;
  let logger: RecordingLogger;
  let readTime: () => Promise<Date>;

  beforeEach(() => {
    jest.useFakeTimers();
    clock = new Clock();
    logger = new RecordingLogger();
    const database = { readTime: () => readTime() } as unknown as Database;
    setter = new ClockSetter(clock, database, logger);
    setter.onApplicationBootstrap();
  });
  afterEach(() => {
    setter.beforeApplicationShutdown();
    jest.useRealTimers();
  });

  it('follows the database again and again', async () => {
    for (const hours of [1, 3, 2]) {
      const time = new Date(Date.now() + hours * HOUR_MS);
      readTime = async () => time;
      await jest.advanceTimersByTimeAsync(INTERVAL_MS);
      expect(Math.abs(clock.databaseMs() - time.getTime())).toBeLessThan(1_000);
    }
  });

  it('lets the clock go on by itself while the database is away, and says so', async () => {
    readTime = async () => {
      throw new Error('away');
    };
    const before = clock.databaseMs();
    await jest.advanceTimersByTimeAsync(INTERVAL_MS);
    expect(clock.databaseMs()).toBeGreaterThanOrEqual(before);
    expect(logger.problems).toMatchObject([{ message: 'the clock could not be set, and goes on by itself' }]);
  });

  it('does not go by an answer that was long on its way', async () => {
    const late = new Date(Date.now() + HOUR_MS);
    readTime = () => new Promise((resolve) => void setTimeout(() => resolve(late), 1_500));
    const before = clock.databaseMs();
    await jest.advanceTimersByTimeAsync(INTERVAL_MS + 1_500);
    expect(clock.databaseMs() - before).toBeLessThan(HOUR_MS / 2);
  });

  it('asks no more once everything stops', async () => {
    let asked = 0;
    readTime = async () => {
      asked += 1;
      return new Date();
    };
    setter.beforeApplicationShutdown();
    await jest.advanceTimersByTimeAsync(3 * INTERVAL_MS);
    expect(asked).toBe(0);
  });
});
