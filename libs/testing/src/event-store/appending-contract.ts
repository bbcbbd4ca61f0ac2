import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '#libs/contracts';
import { type AppendRequest, InvalidAppendError, MAX_EVENTS_PER_REQUEST } from '#libs/event-store';
import { buildAppend, buildEvent, buildEvents, buildKey, expectAppended } from './event-builder.ts';
import type { GetSubject } from './event-store-subject.ts';

const buildNested = (depth: number): JsonValue => Array.from({ length: depth }).reduce<JsonValue>((inner) => [inner], null);

export function describeAppending(getSubject: GetSubject): void {
  describe('appending', () => {
    it('numbers events densely in the log and in their stream', async () => {
      const store = getSubject().open();
      const { position: head } = await store.head();
      const first = expectAppended(await store.append(buildAppend('numbered-1', 'any', 2)));
      const second = expectAppended(await store.append(buildAppend('numbered-2', 'any', 1)));
      const third = expectAppended(await store.append(buildAppend('numbered-1', 'any', 1)));
      expect([first, second, third].map((result) => [result.firstPosition - head, result.lastPosition - head])).toEqual([
        [1, 2],
        [3, 3],
        [4, 4],
      ]);
      expect((await store.readStream('numbered-1')).map((event) => event.version)).toEqual([1, 2, 3]);
    });

    it('gives back what was put in', async () => {
      const store = getSubject().open();
      const event = buildEvent({
        data: {
          text: 'a"b\\c\n \u{1f600} ü',
          tiny: 5e-324,
          big: 9007199254740991,
          list: [null, true, { b: 1, a: [] }],
          gone: undefined,
        },
        metadata: { actor: 'agent-1', correlation_id: 'c-1', causation_id: 'x', traceparent: '00-1-2-01' },
      });
      const { firstPosition, recordedAt } = expectAppended(await store.append(buildAppend('same-1', 'none', [event])));
      const [stored] = await store.readStream('same-1');
      const { gone: _gone, ...data } = event.data;
      expect(stored).toEqual({ ...event, data, stream: 'same-1', version: 1, position: firstPosition, recordedAt });
    });

    it('stores the writes of one request together', async () => {
      const store = getSubject().open();
      const request: AppendRequest = {
        writes: [
          { stream: 'together-b', expected: 'none', events: buildEvents(2) },
          { stream: 'together-a', expected: 'none', events: buildEvents(1) },
        ],
      };
      const { firstPosition, lastPosition } = expectAppended(await store.append(request));
      const events = await store.readAll({ after: firstPosition - 1, limit: 10 });
      expect(lastPosition - firstPosition).toBe(2);
      expect(events.map(({ stream, version }) => [stream, version])).toEqual([
        ['together-b', 1],
        ['together-b', 2],
        ['together-a', 1],
      ]);
    });

    it('stores nothing of a request that is refused in part', async () => {
      const store = getSubject().open();
      const before = await store.head();
      const result = await store.append({
        writes: [
          { stream: 'part-1', expected: 'none', events: buildEvents(1) },
          { stream: 'part-2', expected: 'exists', events: buildEvents(1) },
        ],
      });
      expect(result).toMatchObject({ status: 'conflict', conflict: { stream: 'part-2' } });
      expect(await store.head()).toEqual(before);
      expect(await store.readStream('part-1')).toEqual([]);
    });

    it('replaces and counts characters that PostgreSQL cannot hold', async () => {
      const counts: number[] = [];
      const store = getSubject().open({ onReplaced: (characters) => counts.push(characters) });
      const data = { 'na\0me': 'lone \ud800 here', fine: '\\u0000 \u{1f600}', list: ['\0\0'] };
      const request = buildAppend('unholdable-1', 'none', [buildEvent({ data })]);
      for (let n = 0; n < 2; n++) await store.append(request);
      await store.append(buildAppend('unholdable-1'));
      const [stored] = await store.readStream('unholdable-1');
      expect(stored?.data).toEqual({ 'na\ufffdme': 'lone \ufffd here', fine: '\\u0000 \u{1f600}', list: ['\ufffd\ufffd'] });
      expect(counts).toEqual([4]);
    });

    it('tells listeners the new head', async () => {
      const store = getSubject().open();
      const heads: number[] = [];
      const off = store.onAppended((head) => heads.push(head));
      store.onAppended(() => {
        throw new Error('a listener of somebody else breaks');
      });
      const { lastPosition } = expectAppended(await store.append(buildAppend('listened-1', 'none', 2)));
      off();
      await store.append(buildAppend('listened-1'));
      expect(heads).toEqual([lastPosition]);
    });

    it('refuses requests once it is closed', async () => {
      const store = getSubject().open();
      await store.close();
      await expect(store.append(buildAppend('closed-1'))).rejects.toMatchObject({ code: 'log-unavailable' });
    });
  });

  describe('invalid requests', () => {
    const event = buildEvent();
    const cases: [string, AppendRequest][] = [
      ['no write', { writes: [] }],
      ['no event', buildAppend('invalid-1', 'any', [])],
      ['a stream twice', { writes: [...buildAppend('invalid-1').writes, ...buildAppend('invalid-1').writes] }],
      ['a stream name with a space', buildAppend('invalid 1')],
      ['a negative version', buildAppend('invalid-1', -1)],
      ['half a version', buildAppend('invalid-1', 1.5)],
      ['a version that no stream reaches', buildAppend('invalid-1', 2_147_483_648)],
      ['a condition on such a version', { ...buildAppend('invalid-1'), conditions: [{ stream: 'x', expected: 2 ** 40 }] }],
      ['an id that is no UUID', buildAppend('invalid-1', 'any', [{ ...event, id: 'x' }])],
      ['an id in upper case', buildAppend('invalid-1', 'any', [{ ...event, id: event.id.toUpperCase() }])],
      ['a type in lower case', buildAppend('invalid-1', 'any', [{ ...event, type: 'thing happened' }])],
      ['schema version 0', buildAppend('invalid-1', 'any', [{ ...event, schemaVersion: 0 }])],
      ['data that nests too deep', buildAppend('invalid-1', 'any', [{ ...event, data: { deep: buildNested(10_000) } }])],
      ['a number that JSON lacks', buildAppend('invalid-1', 'any', [{ ...event, data: { n: Number.NaN } }])],
      ['an empty key', { ...buildAppend('invalid-1'), idempotency: { ...buildKey('k'), key: '' } }],
      ['a key with NUL', { ...buildAppend('invalid-1'), idempotency: { ...buildKey('k'), key: 'a\0' } }],
      ['a hash that is none', { ...buildAppend('invalid-1'), idempotency: { ...buildKey('k'), contentHash: 'ff' } }],
      [
        'too many events',
        buildAppend(
          'invalid-1',
          'any',
          Array.from({ length: MAX_EVENTS_PER_REQUEST + 1 }, () => event),
        ),
      ],
    ];

    it.each(cases)('refuses %s and stores the others', async (_name, request) => {
      const store = getSubject().open();
      const bad = store.append(request);
      const good = store.append(buildAppend('valid-1'));
      await expect(bad).rejects.toBeInstanceOf(InvalidAppendError);
      await expect(good).resolves.toMatchObject({ status: 'appended' });
      expect(await store.readStream('invalid-1')).toEqual([]);
    });
  });
}
