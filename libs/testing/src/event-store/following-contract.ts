import { describe, expect, it } from '@jest/globals';
import type { AppendRequest, EventStore, StoredEvent } from '#libs/event-store';
import { buildAppend } from './event-builder.ts';
import type { GetSubject } from './event-store-subject.ts';

/** Reads up to the end, as a follower that has caught up. */
async function catchUp(store: EventStore): Promise<number> {
  for (let at = 0; ;) {
    const events = await store.readAll({ after: at, limit: 500, follows: true });
    if (events.length === 0) return at;
    at = events.at(-1)?.position ?? at;
  }
}

const streamsOf = (events: readonly StoredEvent[]): string[] => events.map(({ stream }) => stream);

export function describeFollowing(getSubject: GetSubject): void {
  describe('following', () => {
    it('is told of what its own process appends just what others read', async () => {
      const [own, other] = [getSubject().open(), getSubject().open()];
      const after = await catchUp(own);
      const requests: AppendRequest[] = Array.from({ length: 60 }, (_, n) => ({
        writes: [`follow-${n % 7}`, `follow-${(n % 5) + 10}`].map((stream) => ({
          stream,
          expected: 'any',
          events: buildAppend(stream, 'any', (n % 3) + 1).writes[0]?.events ?? [],
        })),
        // Some are refused, and with them goes what is known of the rest of their batch.
        conditions: [{ stream: 'follow-nobody', expected: n === 50 ? 'exists' : 'none' }],
      }));
      for (const batch of [requests.slice(0, 1), requests.slice(1, 40), requests.slice(40)])
        await Promise.all(batch.map((request) => own.append(request)));
      const told = await own.readAll({ after, limit: 500, follows: true });
      expect(told.length).toBeGreaterThan(0);
      expect(told).toEqual(await other.readAll({ after, limit: told.length }));
      expect(await catchUp(own)).toBe((await other.head()).position);
    });

    it('is told of what others append when they were heard', async () => {
      const [own, other] = [getSubject().open(), getSubject().open()];
      const after = await catchUp(own);
      await own.append(buildAppend('follow-own'));
      await other.append(buildAppend('follow-other'));
      own.noteForeignAppend();
      expect(streamsOf(await own.readAll({ after, limit: 9, follows: true }))).toEqual(['follow-own', 'follow-other']);
    });

    it('is told of what others append in any case when there is nothing else', async () => {
      const [own, other] = [getSubject().open(), getSubject().open()];
      const after = await catchUp(own);
      await other.append(buildAppend('follow-unheard'));
      expect(streamsOf(await own.readAll({ after, limit: 9, follows: true }))).toEqual(['follow-unheard']);
    });

    it('is another thing than reading, which shows all that was committed', async () => {
      const [own, other] = [getSubject().open(), getSubject().open()];
      const after = await catchUp(own);
      await own.append(buildAppend('follow-own-2'));
      await other.append(buildAppend('follow-other-2'));
      expect(streamsOf(await own.readAll({ after, limit: 9 }))).toEqual(['follow-own-2', 'follow-other-2']);
    });
  });
}
