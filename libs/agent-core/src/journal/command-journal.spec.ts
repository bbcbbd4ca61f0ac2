import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Result } from '#libs/contracts';
import { CommandJournal, type JournalStorage } from './command-journal.ts';
import type { JournalRecord } from './journal-record.ts';

class FakeClock {
  epoch = 'boot-1';
  ms = 1_000;
  nowMs(): number {
    return this.ms;
  }
}

class FakeStorage implements JournalStorage {
  records: JournalRecord[] = [];
  isFull = false;

  async load() {
    return this.records;
  }
  async append(records: readonly JournalRecord[]) {
    if (this.isFull) throw new Error('no space left on device');
    this.records.push(...records);
  }
  async rewrite(records: readonly JournalRecord[]) {
    this.records = [...records];
  }
}

const LOG = 'log-a';
const request = (commandId: string, position: number, serviceId = 'memory', logId = LOG) => ({
  commandId,
  serviceId,
  strategy: 'restart/service',
  fence: { log_id: logId, position },
});
const result = (commandId: string, phase: Result['phase'] = 'succeeded'): Result => ({
  v: 1,
  agent_id: 'memory-agent',
  command_id: commandId,
  phase,
});

async function openJournal() {
  const storage = new FakeStorage();
  const clock = new FakeClock();
  const reopen = () => CommandJournal.open(storage, clock);
  return { storage, clock, reopen, journal: await reopen() };
}

describe('CommandJournal', () => {
  it('starts a command once, over restarts too', async () => {
    const { journal, reopen } = await openJournal();
    expect(await journal.start(request('c1', 5))).toBe(true);
    expect(await journal.start(request('c1', 6))).toBe(false);
    expect(await (await reopen()).start(request('c1', 7))).toBe(false);
  });

  it('lets one of two racing starts through', async () => {
    const { journal } = await openJournal();
    const started = await Promise.all([journal.start(request('c1', 5)), journal.start(request('c1', 5))]);
    expect(started).toEqual([true, false]);
  });

  it('refuses a fence that is not above the last of its target, in the same log', async () => {
    const { journal } = await openJournal();
    await journal.start(request('c1', 5));
    expect(await journal.start(request('c2', 5))).toBe(false);
    expect(await journal.start(request('c3', 4))).toBe(false);
    expect(await journal.start(request('c4', 9, 'memory', 'log-b'))).toBe(false);
    expect(await journal.start(request('c5', 1, 'other'))).toBe(true);
    expect(await journal.start(request('c6', 6))).toBe(true);
  });

  it('knows nothing of a start that it could not write down, so that it may be tried again', async () => {
    const { journal, storage } = await openJournal();
    storage.isFull = true;
    await expect(journal.start(request('c1', 5))).rejects.toMatchObject({ code: 'journal-unwritable', retryable: true });
    expect(journal.find('c1')).toBeUndefined();
    expect(journal.countStarts('memory', 60_000)).toBe(0);
    storage.isFull = false;
    expect(await journal.start(request('c1', 5))).toBe(true);
    expect(await journal.start(request('c1', 5))).toBe(false);
  });

  it('lets no lower fence of the same target pass that races a higher one', async () => {
    const { journal } = await openJournal();
    const started = await Promise.all([journal.start(request('c1', 5)), journal.start(request('c2', 4))]);
    expect(started).toEqual([true, false]);
  });

  it('knows after a crash which commands were cut off', async () => {
    const { journal, reopen } = await openJournal();
    await journal.start(request('c1', 5));
    await journal.start(request('c2', 6));
    await journal.finish('c2', result('c2'));
    const again = await reopen();
    expect(again.unfinished()).toEqual([{ commandId: 'c1', serviceId: 'memory', strategy: 'restart/service' }]);
    expect(again.undelivered()).toEqual([result('c2')]);
  });

  it('remembers a refusal, but not instead of a start', async () => {
    const { journal, reopen } = await openJournal();
    await journal.refuse('c1', result('c1', 'refused'));
    await journal.start(request('c2', 5));
    await journal.refuse('c2', result('c2', 'refused'));
    const again = await reopen();
    expect(again.find('c1')).toMatchObject({ state: 'refused', result: { phase: 'refused' } });
    expect(again.find('c2')).toMatchObject({ state: 'started' });
  });

  it('forgets what is delivered from the list of the undelivered', async () => {
    const { journal, reopen } = await openJournal();
    await journal.start(request('c1', 5));
    await journal.finish('c1', result('c1'));
    await journal.markReceipted('c1');
    await journal.markReceipted('unknown');
    expect((await reopen()).undelivered()).toEqual([]);
  });

  it('counts the starts of a target in a window, over restarts of the agent', async () => {
    const { journal, clock, reopen } = await openJournal();
    await journal.start(request('c1', 1));
    clock.ms += 1_000;
    await journal.start(request('c2', 2));
    await journal.start(request('x1', 1, 'other'));
    expect(journal.countStarts('memory', 1_001)).toBe(2);
    expect(journal.countStarts('memory', 1_000)).toBe(1);
    clock.ms += 500;
    expect((await reopen()).countStarts('memory', 1_000)).toBe(1);
  });

  it('counts starts of an unknown age as fresh when the machine was restarted', async () => {
    const { journal, clock, reopen } = await openJournal();
    await journal.start(request('c1', 1));
    Object.assign(clock, { epoch: 'boot-2', ms: 10 });
    const again = await reopen();
    clock.ms += 3_599_999;
    expect(again.countStarts('memory', 3_600_000)).toBe(1);
    clock.ms += 1;
    expect(again.countStarts('memory', 3_600_000)).toBe(0);
  });

  it('stays small, and refuses by the fence what it forgot', async () => {
    const { journal, storage, reopen } = await openJournal();
    await journal.start(request('cut-off', 1));
    for (let i = 2; i <= 1_200; i++) {
      await journal.start(request(`c${i}`, i));
      await journal.finish(`c${i}`, result(`c${i}`));
      await journal.markReceipted(`c${i}`);
    }
    expect(storage.records.length).toBeLessThan(3_100);
    expect(journal.find('c2')).toBeUndefined();
    expect(await journal.start(request('c2', 2))).toBe(false);
    const again = await reopen();
    expect(again.unfinished()).toHaveLength(1);
    expect(again.findFence('memory')).toEqual({ log_id: LOG, position: 1_200 });
  });

  it('starts each id at most once and in rising order, under any order of commands and crashes', async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ id: fc.integer({ min: 1, max: 8 }), position: fc.integer({ min: 1, max: 12 }) }) },
      { weight: 1, arbitrary: fc.constant('crash' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 50 }), async (steps) => {
        const { journal: first, reopen } = await openJournal();
        let journal = first;
        const started: { id: number; position: number }[] = [];
        for (const action of steps) {
          if (action === 'crash') journal = await reopen();
          else if (await journal.start(request(`c${action.id}`, action.position))) started.push(action);
        }
        expect(new Set(started.map(({ id }) => id)).size).toBe(started.length);
        const positions = started.map(({ position }) => position);
        expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b));
      }),
    );
  });
});
