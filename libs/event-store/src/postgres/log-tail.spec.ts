import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LogPage } from '../event-store.ts';
import { LogTail, type TailPiece } from './log-tail.ts';

const pieceAt = (position: number): TailPiece => ({
  position,
  event: {
    position,
    stream: 's',
    version: position,
    id: `id-${position}`,
    type: position % 3 === 0 ? 'Third' : 'Other',
    schemaVersion: 1,
    data: {},
    metadata: { actor: 'test' },
    recordedAt: new Date(0),
  },
  size: 10,
});

/** A log that grows when told, and counts how often it is asked. */
function buildLog(): { head: number; readings: number; readOn: (after: number, limit: number) => Promise<TailPiece[]> } {
  const log = {
    head: 0,
    readings: 0,
    readOn: async (after: number, limit: number): Promise<TailPiece[]> => {
      log.readings += 1;
      const { head } = log;
      await Promise.resolve();
      return Array.from({ length: Math.max(0, Math.min(limit, head - after)) }, (_, n) => pieceAt(after + n + 1));
    },
  };
  return log;
}

/** The tail of an empty log that somebody has read to its end. */
function buildTail(): { log: ReturnType<typeof buildLog>; tail: LogTail } {
  const log = buildLog();
  const tail = new LogTail(log.readOn);
  tail.beginAfter(0);
  return { log, tail };
}

const positionsOf = (page: LogPage | undefined): number[] | undefined => page?.events.map(({ position }) => position);

describe('the tail of the log', () => {
  it('is read once for all who ask at the same time', async () => {
    const { log, tail } = buildTail();
    log.head = 3;
    const pages = await Promise.all([1, 2, 3, 4].map(() => tail.readPage({ after: 0, limit: 10 })));
    expect(pages.map(positionsOf)).toEqual([1, 2, 3, 4].map(() => [1, 2, 3]));
    expect(log.readings).toBe(1);
  });

  it('tells whoever asks later what was appended meanwhile, also while it is being read', async () => {
    const { log, tail } = buildTail();
    log.head = 1;
    const early = tail.readPage({ after: 0, limit: 10 });
    await Promise.resolve();
    log.head = 2;
    const late = tail.readPage({ after: 0, limit: 10 });
    expect(positionsOf(await late)).toEqual([1, 2]);
    expect(positionsOf(await early)).toEqual(expect.arrayContaining([1]));
  });

  it('asks for nothing where what is kept fills the page', async () => {
    const { log, tail } = buildTail();
    log.head = 10;
    await tail.readPage({ after: 0, limit: 10 });
    expect(positionsOf(await tail.readPage({ after: 2, limit: 5 }))).toEqual([3, 4, 5, 6, 7]);
    expect(log.readings).toBe(1);
  });

  it('covers with a page of some types as much as with one of all', async () => {
    const { log, tail } = buildTail();
    log.head = 8;
    const page = await tail.readPage({ after: 1, limit: 6, types: ['Third'] });
    expect([page?.last, positionsOf(page)]).toEqual([7, [3, 6]]);
  });

  it('tells followers what was added without asking for more, and asks when there is nothing', async () => {
    const { log, tail } = buildTail();
    log.head = 2;
    tail.add(2, () => [pieceAt(1), pieceAt(2)]);
    expect(positionsOf(await tail.readPage({ after: 0, limit: 10, follows: true }))).toEqual([1, 2]);
    expect(log.readings).toBe(0);
    expect(positionsOf(await tail.readPage({ after: 2, limit: 10, follows: true }))).toEqual([]);
    expect(log.readings).toBe(1);
  });

  it('asks for followers what others have appended, until it was asked once', async () => {
    const { log, tail } = buildTail();
    tail.add(1, () => [pieceAt(1)]);
    log.head = 2;
    tail.noteAppended();
    expect(positionsOf(await tail.readPage({ after: 0, limit: 10, follows: true }))).toEqual([1, 2]);
    await tail.readPage({ after: 0, limit: 10, follows: true });
    expect(log.readings).toBe(1);
  });

  it('asks for followers what was appended here and could not be kept', async () => {
    const { log, tail } = buildTail();
    tail.add(2, () => [pieceAt(1), pieceAt(2)]);
    log.head = 4;
    tail.add(4, () => []);
    expect(positionsOf(await tail.readPage({ after: 0, limit: 10, follows: true }))).toEqual([1, 2, 3, 4]);
  });

  it('asks for everybody else whatever was added', async () => {
    const { log, tail } = buildTail();
    log.head = 2;
    tail.add(1, () => [pieceAt(1)]);
    expect(positionsOf(await tail.readPage({ after: 0, limit: 10 }))).toEqual([1, 2]);
  });

  it('leaves out nothing that others appended before what is added', async () => {
    const { log, tail } = buildTail();
    log.head = 3;
    tail.add(3, () => [pieceAt(2), pieceAt(3)]);
    expect(positionsOf(await tail.readPage({ after: 0, limit: 10, follows: true }))).toEqual([1, 2, 3]);
  });

  it('knows nothing of what it never read, or keeps no more', async () => {
    const log = buildLog();
    const tail = new LogTail(log.readOn, { events: 4, characters: 1_000 });
    expect(await tail.readPage({ after: 0, limit: 10 })).toBeUndefined();
    tail.beginAfter(5);
    log.head = 20;
    expect(positionsOf(await tail.readPage({ after: 5, limit: 3 }))).toEqual([6, 7, 8]);
    expect(await tail.readPage({ after: 4, limit: 3 })).toBeUndefined();
    await tail.readPage({ after: 8, limit: 10 });
    expect(await tail.readPage({ after: 8, limit: 10 })).toBeUndefined();
  });

  it('keeps no more characters than it may', async () => {
    const log = buildLog();
    const tail = new LogTail(log.readOn, { events: 1_000, characters: 50 });
    tail.beginAfter(0);
    log.head = 20;
    await tail.readPage({ after: 0, limit: 20 });
    expect(await tail.readPage({ after: 0, limit: 20 })).toBeUndefined();
    expect(positionsOf(await tail.readPage({ after: 15, limit: 20 }))).toEqual([16, 17, 18, 19, 20]);
  });

  it('goes on after a reading that failed', async () => {
    const log = buildLog();
    let isAway = true;
    const tail = new LogTail((after, limit) => (isAway ? Promise.reject(new Error('away')) : log.readOn(after, limit)));
    tail.beginAfter(0);
    log.head = 1;
    await expect(tail.readPage({ after: 0, limit: 1 })).rejects.toThrow('away');
    isAway = false;
    expect(positionsOf(await tail.readPage({ after: 0, limit: 1 }))).toEqual([1]);
  });

  it('shows each of several readers every position once and in order, whatever the log does meanwhile', async () => {
    const step = fc.record({
      reader: fc.nat({ max: 2 }),
      grow: fc.nat({ max: 5 }),
      isOwn: fc.boolean(),
      follows: fc.boolean(),
      limit: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const log = buildLog();
        const tail = new LogTail(log.readOn, { events: 6, characters: 80 });
        const at = [0, 0, 0];
        const pages = steps.map(async ({ reader, grow, isOwn, follows, limit }) => {
          const before = log.head;
          const head = (log.head += grow);
          if (isOwn) tail.add(head, () => Array.from({ length: grow }, (_, n) => pieceAt(before + n + 1)));
          const after = at[reader] ?? 0;
          const direct = (await log.readOn(after, limit)).map(({ event }) => event);
          const page = (await tail.readPage({ after, limit, follows })) ?? {
            last: direct.at(-1)?.position ?? after,
            events: direct,
          };
          if (page.last < after + limit) tail.beginAfter(page.last);
          expect(positionsOf(page)).toEqual(Array.from({ length: page.last - after }, (_, n) => after + n + 1));
          const least = follows ? Math.min(after + 1, head) : Math.min(head, after + limit);
          expect(page.last).toBeGreaterThanOrEqual(least);
          at[reader] = Math.max(at[reader] ?? 0, page.last);
        });
        await Promise.all(pages);
      }),
      { seed: 5 },
    );
  });
});
