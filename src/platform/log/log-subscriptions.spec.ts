import { describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing';
import { buildLog, store } from '../../../test/builders/log-builder.ts';
import { ManualClock } from '../../../test/builders/manual-clock.ts';
import { RecordingLogger } from '../../../test/builders/recording-logger.ts';
import { LogSubscriptions } from './log-subscriptions.ts';

const thing = { type: 'ThingHappened', data: {} };

describe('the readers of the log', () => {
  it('all follow the log, each from its own place', async () => {
    const log = buildLog(new ManualClock());
    const subscriptions = new LogSubscriptions(log, new RecordingLogger());
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
    const subscriptions = new LogSubscriptions(log, logger);
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
});
