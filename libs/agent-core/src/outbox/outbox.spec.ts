import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Outbox, type OutboxStorage } from './outbox.ts';
import type { OutboxItem } from './outbox-item.ts';

class FakeClock {
  readonly epoch = 'boot-1';
  ms = 0;
  nowMs(): number {
    return this.ms;
  }
}

/** A disk: what was added before a crash is there after it. */
class FakeStorage implements OutboxStorage {
  readonly items = new Map<string, OutboxItem>();
  writes = 0;
  isFull = false;
  canRemove = true;

  async load() {
    return [...this.items.values()];
  }
  async add(items: readonly OutboxItem[]) {
    if (this.isFull) throw new Error('no space left on device');
    this.writes += items.length;
    for (const item of items) this.items.set(item.id, item);
  }
  async remove(ids: readonly string[]) {
    if (!this.canRemove) throw new Error('no space left on device');
    for (const id of ids) this.items.delete(id);
  }
}

const item = (id: string, severity: OutboxItem['severity'] = 'high', kind: OutboxItem['kind'] = 'report'): OutboxItem => ({
  id,
  kind,
  severity,
  body: { id },
  observed: { epoch: 'boot-1', ms: 0 },
});

async function openOutbox(limits: { maxItems?: number; maxBytes?: number } = {}) {
  const clock = new FakeClock();
  const storage = new FakeStorage();
  const reopen = () => Outbox.open({ storage, clock, maxItems: 1_000, maxBytes: 1e6, ...limits });
  return { clock, storage, outbox: await reopen(), reopen };
}

const ids = (sendings: { item: OutboxItem }[]) => sendings.map((sending) => sending.item.id);

describe('Outbox', () => {
  it('hands an item out once until its sending is decided', async () => {
    const { outbox } = await openOutbox();
    await outbox.add(item('a'));
    expect(ids(outbox.takeDue(10))).toEqual(['a']);
    expect(outbox.takeDue(10)).toEqual([]);
    expect(outbox.nextDueMs()).toBeUndefined();
  });

  it('sends again 30 s after a broker acknowledgement without a receipt, doubling to 10 min', async () => {
    const { outbox, clock } = await openOutbox();
    await outbox.add(item('a'));
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      expect(outbox.takeDue(1)).toMatchObject([{ item: item('a'), attempt: round + 1 }]);
      outbox.acknowledge(['a']);
      const due = outbox.nextDueMs() ?? NaN;
      waits.push((due - clock.ms) / 1_000);
      clock.ms = due - 1;
      expect(outbox.takeDue(1)).toEqual([]);
      clock.ms = due;
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 600, 600, 600]);
  });

  it('tries again soon when the broker was not reached, and at once when it is back', async () => {
    const { outbox, clock } = await openOutbox();
    await outbox.add(item('a'));
    for (const waitMs of [500, 1_000, 2_000]) {
      outbox.takeDue(1);
      outbox.fail(['a']);
      expect((outbox.nextDueMs() ?? 0) - clock.ms).toBe(waitMs);
      clock.ms += waitMs;
    }
    outbox.takeDue(1);
    outbox.fail(['a']);
    outbox.wake();
    expect(ids(outbox.takeDue(1))).toEqual(['a']);
  });

  it('does not hurry what the broker has when the connection is back', async () => {
    const { outbox } = await openOutbox();
    await outbox.add(item('a'));
    outbox.takeDue(1);
    outbox.acknowledge(['a']);
    outbox.wake();
    expect(outbox.takeDue(1)).toEqual([]);
  });

  it('hands out results first, then by severity, then the oldest', async () => {
    const { outbox } = await openOutbox();
    for (const entry of [item('l', 'low'), item('c1', 'critical'), item('r', 'low', 'result'), item('c2', 'critical')]) {
      await outbox.add(entry);
    }
    expect(ids(outbox.takeDue(3))).toEqual(['r', 'c1', 'c2']);
  });

  it('drops the oldest of the lowest severity when it is full, and counts', async () => {
    const { outbox, storage } = await openOutbox({ maxItems: 3 });
    for (const entry of [item('r', 'low', 'result'), item('m', 'medium'), item('l1', 'low'), item('l2', 'low'), item('h')]) {
      await outbox.add(entry);
    }
    expect([...storage.items.keys()]).toEqual(['r', 'm', 'h']);
    expect(outbox.statistics()).toMatchObject({ items: 3, dropped: 2 });
  });

  it('keeps to its bytes as well', async () => {
    const { outbox } = await openOutbox({ maxBytes: 25 });
    for (const id of ['a', 'b', 'c', 'd']) await outbox.add(item(id));
    expect(outbox.statistics()).toEqual({ items: 2, bytes: 20, dropped: 2 });
  });

  it('writes the same id once, even while the first is being written', async () => {
    const { outbox, storage } = await openOutbox();
    await Promise.all([outbox.add(item('a')), outbox.add(item('a'))]);
    await outbox.add(item('a'));
    expect(storage.writes).toBe(1);
  });

  it('says so when an item could not be stored, and takes it later', async () => {
    const { outbox, storage } = await openOutbox();
    storage.isFull = true;
    await expect(outbox.add(item('a'))).rejects.toThrow('no space left');
    expect(outbox.takeDue(1)).toEqual([]);
    storage.isFull = false;
    await outbox.add(item('a'));
    expect(ids(outbox.takeDue(1))).toEqual(['a']);
  });

  it('loses and doubles nothing under any order of sendings, acknowledgements, receipts and crashes', async () => {
    const id = fc.integer({ min: 0, max: 5 }).map(String);
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), id }),
      fc.record({ do: fc.constantFrom('take' as const, 'crash' as const, 'wake' as const, 'wait' as const) }),
      fc.record({ do: fc.constantFrom('acknowledge' as const, 'fail' as const, 'settle' as const), id }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { clock, reopen, outbox: first } = await openOutbox();
        let outbox = first;
        const pending = new Set<string>();
        const inFlight = new Set<string>();
        for (const action of steps) {
          switch (action.do) {
            case 'add':
              await outbox.add(item(action.id));
              pending.add(action.id);
              break;
            case 'take':
              for (const sent of ids(outbox.takeDue(3))) {
                expect(pending).toContain(sent);
                expect(inFlight).not.toContain(sent);
                inFlight.add(sent);
              }
              break;
            case 'crash':
              outbox = await reopen();
              inFlight.clear();
              break;
            case 'wake':
              outbox.wake();
              break;
            case 'wait':
              clock.ms += 40_000;
              break;
            case 'acknowledge':
            case 'fail':
              outbox[action.do]([action.id]);
              inFlight.delete(action.id);
              break;
            case 'settle':
              await outbox.settle([action.id]);
              pending.delete(action.id);
              inFlight.delete(action.id);
          }
          expect(outbox.statistics()).toMatchObject({ items: pending.size, dropped: 0 });
        }
        // In the end everything that nobody receipted is sent again, each item once.
        outbox.fail([...inFlight]);
        clock.ms += 600_000;
        expect(new Set(ids(outbox.takeDue(100)))).toEqual(pending);
      }),
    );
  });

  it('says when it is full of worthier items and drops the new one', async () => {
    const { outbox, storage } = await openOutbox({ maxItems: 1 });
    expect(await outbox.add(item('kept'))).toBe(true);
    expect(await outbox.add(item('less', 'low'))).toBe(false);
    expect(await outbox.add(item('more', 'critical'))).toBe(true);
    expect([...storage.items.keys()]).toEqual(['more']);
    expect(outbox.statistics()).toMatchObject({ items: 1, dropped: 2 });
  });

  it('counts bytes as they are sent, not characters', async () => {
    const { outbox } = await openOutbox();
    await outbox.add({ ...item('a'), body: { text: '€' } });
    expect(outbox.statistics().bytes).toBe(Buffer.byteLength('{"text":"€"}'));
    expect(outbox.takeDue(1)[0]?.bytes).toBe(outbox.statistics().bytes);
  });

  it('drops what an earlier release stored and no message can carry, and counts it', async () => {
    const { storage, reopen } = await openOutbox({ maxBytes: 1e9 });
    await storage.add([{ ...item('huge'), body: { text: '€'.repeat(400_000) } }, item('good')]);
    const again = await reopen();
    expect(ids(again.takeDue(10))).toEqual(['good']);
    expect(again.statistics()).toMatchObject({ items: 1, dropped: 1 });
    expect([...storage.items.keys()]).toEqual(['good']);
  });

  it('takes an item although what had to go for it could not be removed, and sends it once', async () => {
    const { outbox, storage, reopen } = await openOutbox({ maxItems: 1 });
    await outbox.add(item('less', 'low'));
    storage.canRemove = false;
    expect(await outbox.add(item('more', 'critical'))).toBe(true);
    expect(ids(outbox.takeDue(10))).toEqual(['more']);
    expect(outbox.statistics()).toMatchObject({ items: 1, dropped: 1 });
    expect(ids((await reopen()).takeDue(10))).toEqual(['more']);
  });

  it('writes nothing that no message can carry, and counts it', async () => {
    const { outbox, storage } = await openOutbox({ maxBytes: 1e9 });
    const huge = { ...item('huge'), body: { text: '€'.repeat(400_000) } };
    expect([await outbox.add(huge), await outbox.add(huge)]).toEqual([false, false]);
    expect(storage.writes).toBe(0);
    expect(outbox.statistics()).toEqual({ items: 0, bytes: 0, dropped: 2 });
  });
});
