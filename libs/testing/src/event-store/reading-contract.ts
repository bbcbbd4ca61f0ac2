import { describe, expect, it } from '@jest/globals';
import { type ReadStreamOptions, Upcasters } from '#libs/event-store';
import { buildAppend, buildEvent, buildEvents, expectAppended } from './event-builder.ts';
import type { GetSubject } from './event-store-subject.ts';

export function describeReading(getSubject: GetSubject): void {
  describe('reading', () => {
    it('reads a stream from a version and up to a limit', async () => {
      const store = getSubject().open();
      await store.append(buildAppend('stream-1', 'none', 4));
      await store.append(buildAppend('stream-2', 'none', 4));
      await store.append(buildAppend('stream-1', 4, 4));
      const versions = async (options = {}): Promise<number[]> =>
        (await store.readStream('stream-1', options)).map((event) => event.version);
      expect(await versions()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(await versions({ fromVersion: 5 })).toEqual([5, 6, 7, 8]);
      expect(await versions({ fromVersion: 3, limit: 2 })).toEqual([3, 4]);
      expect(await versions({ fromVersion: 9 })).toEqual([]);
      expect(await store.readStream('stream-that-is-absent')).toEqual([]);
    });

    it('reads a stream after a position, be it its own or not', async () => {
      const store = getSubject().open();
      const { firstPosition } = expectAppended(await store.append(buildAppend('after-1', 'none', 3)));
      await store.append(buildAppend('after-2', 'none', 2));
      await store.append(buildAppend('after-1', 3, 3));
      const versions = async (options: ReadStreamOptions): Promise<number[]> =>
        (await store.readStream('after-1', options)).map((event) => event.version);
      expect(await versions({ after: 0, limit: 2 })).toEqual([1, 2]);
      expect(await versions({ after: firstPosition - 1 })).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await versions({ after: firstPosition + 1, limit: 3 })).toEqual([3, 4, 5]);
      expect(await versions({ after: firstPosition + 3 })).toEqual([4, 5, 6]);
      expect(await versions({ after: firstPosition, fromVersion: 6 })).toEqual([6]);
      expect(await versions({ after: firstPosition + 100 })).toEqual([]);
    });

    it('reads the log in pages without a hole', async () => {
      const store = getSubject().open();
      await store.append(buildAppend('paged-1', 'none', 25));
      const { position: head } = await store.head();
      const positions: number[] = [];
      for (let after = 0; ; after = positions.at(-1) ?? 0) {
        const page = await store.readAll({ after, limit: 7 });
        if (page.length === 0) break;
        positions.push(...page.map((event) => event.position));
      }
      expect(positions).toEqual(Array.from({ length: head }, (_, n) => n + 1));
    });

    it('reads only the types that are asked for', async () => {
      const store = getSubject().open();
      const events = ['RareThing', 'CommonThing', 'RareThing', 'OtherThing'].map((type) => buildEvent({ type }));
      const { firstPosition } = expectAppended(await store.append(buildAppend('typed-1', 'none', events)));
      const found = await store.readAll({ after: 0, limit: 10, types: ['RareThing', 'OtherThing'] });
      expect(found.map((event) => event.position - firstPosition)).toEqual([0, 2, 3]);
      expect(await store.readAll({ after: firstPosition, limit: 1, types: ['RareThing', 'RareThing'] })).toEqual([found[1]]);
    });

    it('reads the wanted events of a stretch, and says where it ends', async () => {
      const store = getSubject().open();
      const events = ['WantedThing', 'OtherThing', 'WantedThing', 'OtherThing'].map((type) => buildEvent({ type }));
      const { firstPosition: first } = expectAppended(await store.append(buildAppend('page-1', 'none', events)));
      const after = first - 1;
      const read = async (limit: number, types?: string[]): Promise<[number, number[]]> => {
        const page = await store.readPage({ after, limit, ...(types && { types }) });
        return [page.last - after, page.events.map(({ position }) => position - after)];
      };
      expect(await read(3, ['WantedThing'])).toEqual([3, [1, 3]]);
      expect(await read(2, ['NoSuchThing'])).toEqual([2, []]);
      expect(await read(9)).toEqual([4, [1, 2, 3, 4]]);
      expect(await store.readPage({ after: first + 3, limit: 5 })).toEqual({ last: first + 3, events: [] });
      expect((await store.readPage({ after, limit: 1 })).events).toEqual(await store.readAll({ after, limit: 1 }));
    });

    it('reads what belongs together by its correlation', async () => {
      const store = getSubject().open();
      const metadata = { actor: 'test', correlation_id: 'correlation-7' };
      await store.append(buildAppend('correlated-1', 'none', buildEvents(2, { metadata })));
      await store.append(buildAppend('correlated-1', 'any', 1));
      await store.append(buildAppend('correlated-2', 'none', buildEvents(1, { metadata })));
      const found = await store.readCorrelated('correlation-7', { limit: 3 });
      expect(found.events.map((event) => event.stream)).toEqual(['correlated-1', 'correlated-1', 'correlated-2']);
      expect(found.omitted).toBe(0);
      expect(await store.readCorrelated('correlation-8', { limit: 2 })).toEqual({ events: [], omitted: 0 });
    });

    it('leaves out what repeats itself, then the middle, and never an end, of what belongs together', async () => {
      const store = getSubject().open();
      const metadata = { actor: 'test', correlation_id: 'correlation-9' };
      const types = 'GGABBBGGGGCGGG'.split('');
      await store.append(
        buildAppend(
          'correlated-3',
          'none',
          types.map((type) => buildEvent({ type, metadata })),
        ),
      );
      const read = async (limit: number): Promise<[string, number]> => {
        const { events, omitted } = await store.readCorrelated('correlation-9', { limit, thinned: ['G', 'A'] });
        return [events.map(({ type, version }) => `${type}${version}`).join(' '), omitted];
      };
      expect(await read(11)).toEqual(['G1 G2 A3 B4 B5 B6 G7 G10 C11 G12 G14', 3]);
      expect(await read(5)).toEqual(['G1 G2 C11 G12 G14', 9]);
    });

    it('reads single positions in their order', async () => {
      const store = getSubject().open();
      const { firstPosition, lastPosition } = expectAppended(await store.append(buildAppend('single-1', 'none', 3)));
      const found = await store.readPositions([lastPosition, firstPosition, lastPosition + 1_000_000, firstPosition]);
      expect(found.map((event) => event.position)).toEqual([firstPosition, lastPosition]);
      expect(await store.readPositions([])).toEqual([]);
    });

    it('finds the position of a time', async () => {
      const store = getSubject().open();
      await store.append(buildAppend('timed-1', 'none', 3));
      const events = await store.readAll({ after: 0, limit: 1000 });
      for (const event of events) {
        const time = event.recordedAt.getTime();
        const last = events.findLast((other) => other.recordedAt.getTime() <= time);
        expect(await store.positionAt(event.recordedAt)).toBe(last?.position);
        const before = events.findLast((other) => other.recordedAt.getTime() < time);
        expect(await store.positionAt(new Date(time - 1))).toBe(before?.position ?? 0);
      }
      expect(await store.positionAt(new Date(Date.now() + 1000))).toBe(events.at(-1)?.position);
    });

    it('has one identity', async () => {
      const logId = await getSubject().open().logId();
      expect(logId).toMatch(/^[0-9a-f-]{36}$/);
      expect(await getSubject().open().logId()).toBe(logId);
    });

    it('brings old events to the newest schema version', async () => {
      await getSubject()
        .open()
        .append(buildAppend('upcast-1', 'none', [buildEvent({ type: 'OldThing', data: { n: 1 } })]));
      const upcasters = new Upcasters([
        { type: 'OldThing', fromVersion: 2, upcast: ({ count }) => ({ total: count }) },
        { type: 'OldThing', fromVersion: 1, upcast: ({ n }) => ({ count: n }) },
      ]);
      const [event] = await getSubject().open({ upcasters }).readStream('upcast-1');
      expect(event).toMatchObject({ schemaVersion: 3, data: { total: 1 } });
    });
  });
}
