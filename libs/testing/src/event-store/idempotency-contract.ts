import { describe, expect, it } from '@jest/globals';
import type { AppendRequest } from '#libs/event-store';
import { buildAppend, buildEvent, buildKey, expectAppended } from './event-builder.ts';
import type { GetSubject } from './event-store-subject.ts';

const keyed = (stream: string, key: string, content = key, scope = 'agent-1'): AppendRequest => ({
  ...buildAppend(stream, 'any', 2),
  idempotency: buildKey(key, content, scope),
});

export function describeIdempotency(getSubject: GetSubject): void {
  describe('idempotency', () => {
    it('answers an equal request with its first positions', async () => {
      const store = getSubject().open();
      const first = expectAppended(await store.append(keyed('again-1', 'again')));
      await store.append(buildAppend('again-1'));
      const second = await getSubject().open().append(keyed('again-1', 'again'));
      const { firstPosition, lastPosition } = first;
      expect(second).toEqual({ status: 'repeated', firstPosition, lastPosition });
      expect(await store.readStream('again-1')).toHaveLength(3);
    });

    it('refuses the key with other content', async () => {
      const store = getSubject().open();
      await store.append(keyed('changed-1', 'changed', 'content'));
      const result = await store.append(keyed('changed-1', 'changed', 'other content'));
      expect(result).toEqual({ status: 'conflict', conflict: { reason: 'key-reused' } });
      expect(await store.readStream('changed-1')).toHaveLength(2);
    });

    it('keeps the keys of scopes apart', async () => {
      const store = getSubject().open();
      await store.append(keyed('scoped-1', 'scoped', 'content', 'agent-1'));
      const result = await store.append(keyed('scoped-1', 'scoped', 'other content', 'agent-2'));
      expect(result).toMatchObject({ status: 'appended' });
    });

    it('answers a known key before it looks at versions', async () => {
      const store = getSubject().open();
      const request = { ...buildAppend('known-1', 'none'), idempotency: buildKey('known') };
      expectAppended(await store.append(request));
      await store.append(buildAppend('known-1'));
      expect(await store.append(request)).toMatchObject({ status: 'repeated' });
    });

    it('does not use up the key of a refused request', async () => {
      const store = getSubject().open();
      const request = { ...buildAppend('burnt-1', 'exists'), idempotency: buildKey('burnt') };
      expect(await store.append(request)).toMatchObject({ conflict: { reason: 'wrong-version' } });
      await store.append(buildAppend('burnt-1'));
      expect(await store.append(request)).toMatchObject({ status: 'appended' });
    });

    it('stores one of many equal requests at once', async () => {
      const stores = [getSubject().open(), getSubject().open()];
      const race = stores.flatMap((store) => Array.from({ length: 20 }, () => store.append(keyed('many-1', 'many'))));
      const results = (await Promise.all(race)).map(expectAppended);
      expect(results.filter((result) => result.status === 'appended')).toHaveLength(1);
      expect(new Set(results.map((result) => `${result.firstPosition}-${result.lastPosition}`)).size).toBe(1);
      expect(await stores[0]?.readStream('many-1')).toHaveLength(2);
    });

    it('treats the same key twice in one batch as two requests in turn', async () => {
      const store = getSubject().open();
      const results = await Promise.all([
        store.append({ ...buildAppend('twice-1', 'exists'), idempotency: buildKey('twice', 'a') }),
        store.append({ ...buildAppend('twice-1', 'none'), idempotency: buildKey('twice', 'b') }),
        store.append({ ...buildAppend('twice-1', 'any'), idempotency: buildKey('twice', 'b') }),
        store.append({ ...buildAppend('twice-1', 'any'), idempotency: buildKey('twice', 'a') }),
      ]);
      expect(results.map((result) => (result.status === 'conflict' ? result.conflict.reason : result.status))).toEqual([
        'wrong-version',
        'appended',
        'repeated',
        'key-reused',
      ]);
    });

    it('recognises a request without a key by its first event', async () => {
      const store = getSubject().open();
      const event = buildEvent();
      const first = expectAppended(await store.append(buildAppend('unkeyed-1', 'any', [event])));
      const again = await store.append(buildAppend('unkeyed-1', 'any', [event]));
      expect(again).toEqual({ status: 'repeated', firstPosition: first.firstPosition, lastPosition: first.lastPosition });
      const changed = await store.append(buildAppend('unkeyed-1', 'any', [{ ...event, data: { n: 2 } }]));
      expect(changed).toMatchObject({ conflict: { reason: 'key-reused' } });
    });
  });
}
