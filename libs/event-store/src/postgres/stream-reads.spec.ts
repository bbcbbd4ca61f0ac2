import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '../event-store.ts';
import { StreamReads, type WantedStream } from './stream-reads.ts';

const eventOf = (stream: string): StoredEvent => ({
  position: 1,
  stream,
  version: 1,
  id: `id-${stream}`,
  type: 'Told',
  schemaVersion: 1,
  data: {},
  metadata: { actor: 'test' },
  recordedAt: new Date(0),
});

describe('reads of streams', () => {
  it('that come together share one query, and each gets its own answer', async () => {
    const queries: (readonly WantedStream[])[] = [];
    const reads = new StreamReads(async (wanted) => {
      queries.push(wanted);
      return wanted.map(({ stream }) => [eventOf(stream)]);
    });
    const names = ['a', 'b', 'c'];
    const answers = await Promise.all(names.map((stream) => reads.read({ stream, fromVersion: 1 })));
    expect(answers.map(([event]) => event?.stream)).toEqual(names);
    expect(queries.map(({ length }) => length)).toEqual([3]);
  });

  it('that come later are answered by a query that begins later', async () => {
    const begun: string[][] = [];
    const reads = new StreamReads(async (wanted) => {
      begun.push(wanted.map(({ stream }) => stream));
      return wanted.map(() => []);
    });
    await reads.read({ stream: 'a', fromVersion: 1 });
    await reads.read({ stream: 'a', fromVersion: 1 });
    expect(begun).toEqual([['a'], ['a']]);
  });

  it('fail alone where one stream can not be read', async () => {
    const reads = new StreamReads(async (wanted) => wanted.map(({ stream }) => (stream === 'bad' ? new Error('a gap') : [])));
    const [good, bad] = await Promise.allSettled(['good', 'bad'].map((stream) => reads.read({ stream, fromVersion: 1 })));
    expect([good?.status, bad?.status]).toEqual(['fulfilled', 'rejected']);
  });

  it('fail together where the database is away, and later ones go on', async () => {
    let isAway = true;
    const reads = new StreamReads(async (wanted) => {
      if (isAway) throw new Error('away');
      return wanted.map(() => []);
    });
    const failed = await Promise.allSettled(['a', 'b'].map((stream) => reads.read({ stream, fromVersion: 1 })));
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isAway = false;
    expect(await reads.read({ stream: 'a', fromVersion: 1 })).toEqual([]);
  });
});
