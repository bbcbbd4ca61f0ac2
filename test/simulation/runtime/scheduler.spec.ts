import { beforeEach, describe, expect, it } from '@jest/globals';
import { Scheduler } from './scheduler.ts';
import { SimProcess } from './sim-process.ts';

describe('the scheduler', () => {
  let scheduler: Scheduler;
  let log: string[];
  const [a, b] = [new SimProcess('a'), new SimProcess('b')];
  const note = (text: string) => (): void => void log.push(`${scheduler.nowMs} ${scheduler.current.name} ${text}`);

  beforeEach(() => {
    scheduler = new Scheduler();
    log = [];
    Object.assign(a, { isAlive: true, resumesAtMs: 0 });
  });

  it('lets all that a task sets off happen before the next one, in the name of its process', async () => {
    scheduler.schedule(5, a, async () => {
      await Promise.resolve();
      await Promise.all([Promise.resolve(), Promise.resolve()]);
      note('awaited')();
    });
    scheduler.schedule(5, b, note('next'));
    await scheduler.runUntil(10);
    expect([log, scheduler.nowMs]).toEqual([['5 a awaited', '5 b next'], 10]);
  });

  it('does nothing more of a process that was killed, and everything later of one that is paused', async () => {
    scheduler.schedule(1, a, note('before'));
    scheduler.schedule(2, b, () => (a.resumesAtMs = 8));
    scheduler.schedule(3, a, note('paused'));
    scheduler.schedule(9, b, () => a.kill());
    scheduler.schedule(10, a, note('never'));
    await scheduler.runUntil(20);
    expect(log).toEqual(['1 a before', '8 a paused']);
  });

  it('lets a process wait for the end of the longer one of two pauses', async () => {
    scheduler.schedule(1, b, () => a.pauseUntil(8));
    scheduler.schedule(2, b, () => a.pauseUntil(5));
    scheduler.schedule(3, a, note('paused'));
    await scheduler.runUntil(20);
    expect(log).toEqual(['8 a paused']);
  });
});
