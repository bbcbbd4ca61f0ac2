import { describe, expect, it } from '@jest/globals';
import { UnknownSchemaVersionError } from '#libs/event-store';
import { waitUntil } from '#libs/testing';
import { buildLog, store } from '../../../test/builders/log-builder.ts';
import { ManualClock } from '../../../test/builders/manual-clock.ts';
import { RecordingLogger } from '../../../test/builders/recording-logger.ts';
import { Clock } from '../clock.ts';
import { LogSubscriptions } from './log-subscriptions.ts';

const thing = { type: 'ThingHappened', data: {} };

describe('the readers of the log', () => {
  it('all follow the log, each from its own place', async () => {
    const log = buildLog(new ManualClock());
    const subscriptions = new LogSubscriptions(log, new RecordingLogger(), new Clock());
    const seen: Record<string, number[]> = { a: [], b: [] };
    for (const name of ['a', 'b']) {
      subscriptions.register(name, (events) => void seen[name]?.push(...events.map(({ position }) => position)));
    }
    await store(log, 's', thing, thing);
    await log.checkpoints.advance('b', 0, 1);
    subscriptions.onApplicationBootstrap();
    await waitUntil(() => seen['a']?.length === 2 && seen['b']?.length === 1);
    await store(log, 's', thing);
    await waitUntil(() => seen['a']?.length === 3 && seen['b']?.length === 2);
    await subscriptions.stop();
    expect(seen).toEqual({ a: [1, 2, 3], b: [2, 3] });
    expect(subscriptions.names).toEqual(['a', 'b']);
  });

  it('try again after a failure, say so, and stop when told', async () => {
    const log = buildLog(new ManualClock());
    const logger = new RecordingLogger();
    const subscriptions = new LogSubscriptions(log, logger, new Clock());
    let failures = 2;
    const seen: number[] = [];
    subscriptions.register('a', (events) => {
      failures -= 1;
      if (failures >= 0) throw new Error('not yet');
      seen.push(...events.map(({ position }) => position));
    });
    await store(log, 's', thing);
    subscriptions.onApplicationBootstrap();
    await waitUntil(() => seen.length === 1);
    await subscriptions.stop();
    expect(logger.problems).toHaveLength(2);
    expect(await log.checkpoints.load('a')).toBe(1);
    await store(log, 's', thing);
    expect(seen).toEqual([1]);
  });

  it('are given no event that is later than the clock', async () => {
    const ahead = new ManualClock(Date.now() + 3_600_000);
    const log = buildLog(ahead);
    const clock = new Clock();
    const subscriptions = new LogSubscriptions(log, new RecordingLogger(), clock);
    const early: boolean[] = [];
    subscriptions.register(
      'a',
      (events) => void early.push(...events.map(({ recordedAt }) => recordedAt.getTime() > clock.nowMs())),
    );
    await store(log, 's', thing);
    subscriptions.onApplicationBootstrap();
    await waitUntil(() => early.length === 1);
    await subscriptions.stop();
    expect(early).toEqual([false]);
  });

  it('say what only a newer release can read, also when that was handled by one', async () => {
    const log = buildLog(new ManualClock());
    const subscriptions = new LogSubscriptions(log, new RecordingLogger(), new Clock());
    let isOutdated = true;
    const seen: number[] = [];
    subscriptions.register('a', (events) => {
      if (isOutdated) throw new UnknownSchemaVersionError('ThingHappened', 2, 1);
      seen.push(...events.map(({ position }) => position));
    });
    await store(log, 's', thing);
    subscriptions.onApplicationBootstrap();
    await waitUntil(() => subscriptions.outdatedBy !== undefined);
    expect(subscriptions.outdatedBy).toContain('ThingHappened has schema version 2');
    isOutdated = false;
    await waitUntil(() => seen.length === 1);
    expect(subscriptions.outdatedBy).toContain('ThingHappened');
    await subscriptions.stop();
  });
});
