import { describe, expect, it } from '@jest/globals';
import { type EventStore, runSubscription, type SubscriptionOptions } from '#libs/event-store';
import { waitUntil } from '../wait-until.ts';
import { buildAppend } from './event-builder.ts';
import type { EventStoreSubject, GetSubject } from './event-store-subject.ts';

interface Following {
  readonly seen: number[];
  readonly errors: unknown[];
  stop(): Promise<void>;
}

let started = 0;

/** Follows the log and notes what it sees; `interrupt` may throw before a batch counts as handled. */
function follow(
  subject: EventStoreSubject,
  options: Partial<SubscriptionOptions> = {},
  interrupt: () => void = (): void => {},
): Following {
  started += 1;
  const abort = new AbortController();
  const seen: number[] = [];
  const errors: unknown[] = [];
  const { stopped } = runSubscription({
    store: subject.open(),
    checkpoints: subject.checkpoints,
    name: `follower-${started}`,
    batchSize: 10,
    pollMs: 5,
    signal: abort.signal,
    onError: (error) => errors.push(error),
    handle: (events) => {
      interrupt();
      seen.push(...events.map((event) => event.position));
    },
    ...options,
  });
  const stop = async (): Promise<void> => {
    abort.abort();
    await stopped;
  };
  return { seen, errors, stop };
}

const headOf = async (store: EventStore): Promise<number> => (await store.head()).position;
const upTo = (head: number): number[] => Array.from({ length: head }, (_, n) => n + 1);

export function describeSubscriptions(getSubject: GetSubject): void {
  describe('subscriptions', () => {
    it('see every event once and in order while others append', async () => {
      const subject = getSubject();
      const following = follow(subject);
      const stores = [subject.open(), subject.open()] as const;
      for (let round = 0; round < 10; round += 1)
        await Promise.all(stores.map((store) => store.append(buildAppend(`followed-${round}`, 'any', 3))));
      const head = await headOf(stores[0]);
      await waitUntil(() => following.seen.length >= head);
      await following.stop();
      expect(following).toMatchObject({ seen: upTo(head), errors: [] });
    });

    it('go on at their checkpoint after a restart', async () => {
      const subject = getSubject();
      const name = 'restarted';
      const store = subject.open();
      const before = await headOf(store);
      const first = follow(subject, { name });
      await waitUntil(async () => (await subject.checkpoints.load(name)) === before);
      await first.stop();
      await store.append(buildAppend('restarted-1', 'any', 2));
      const second = follow(subject, { name });
      await waitUntil(() => second.seen.length >= 2);
      await second.stop();
      expect(second.seen).toEqual([before + 1, before + 2]);
    });

    it('try a failing handler again and skip nothing', async () => {
      const subject = getSubject();
      let calls = 0;
      const following = follow(subject, {}, () => {
        calls += 1;
        if (calls <= 2) throw new Error(`call ${calls} fails`);
      });
      const head = await headOf(subject.open());
      await waitUntil(() => following.seen.length >= head);
      await following.stop();
      expect(following.seen).toEqual(upTo(head));
      expect(following.errors).toHaveLength(2);
    });

    it('hear of appends at once', async () => {
      const subject = getSubject();
      const store = subject.open();
      const following = follow(subject, { store, pollMs: 1_000_000 });
      await waitUntil(async () => following.seen.length === (await headOf(store)));
      await store.append(buildAppend('woken-1'));
      await waitUntil(async () => following.seen.length === (await headOf(store)));
      await following.stop();
    });

    it('leave to others what is younger than these may take for it, and take up what they leave', async () => {
      const subject = getSubject();
      const store = subject.open();
      await store.append(buildAppend('left-1', 'any', 2));
      let ours = new Date(0);
      const following = follow(subject, { store, name: 'behind', othersGoFirstAfter: () => ours });
      const before = await headOf(store);
      await subject.checkpoints.advance('behind', 0, before - 1);
      await store.append(buildAppend('left-2', 'any', 1));
      const { recordedAt = ours } = await store.head();
      ours = recordedAt;
      await waitUntil(() => following.seen.length > 0);
      await following.stop();
      expect(following.seen).toEqual([before, before + 1]);
      expect(await subject.checkpoints.load('behind')).toBe(before + 1);
    });

    it('do nothing of what others have come past', async () => {
      const subject = getSubject();
      const store = subject.open();
      const ours = new Date(0);
      const following = follow(subject, { store, name: 'past', othersGoFirstAfter: () => ours });
      await store.append(buildAppend('past-1', 'any', 2));
      const head = await headOf(store);
      await subject.checkpoints.advance('past', 0, head);
      await following.stop();
      const later = follow(subject, { store, name: 'past' });
      await store.append(buildAppend('past-2'));
      await waitUntil(() => later.seen.length > 0);
      await later.stop();
      expect([following.seen, later.seen]).toEqual([[], [head + 1]]);
    });

    it('say no more than is safe, and the rest once it is', async () => {
      const subject = getSubject();
      const store = subject.open();
      await store.append(buildAppend('safe-1', 'any', 2));
      const head = await headOf(store);
      let safe = head - 1;
      const checkpoints = {
        load: (name: string) => subject.checkpoints.load(name),
        advance: (name: string, from: number, to: number) => subject.checkpoints.advance(name, from, to),
        findSafe: (position: number) => Math.min(position, safe),
      };
      const following = follow(subject, { store, name: 'safe', checkpoints });
      const storedAt = (): Promise<number> => subject.checkpoints.load('safe');
      await waitUntil(async () => (await storedAt()) === head - 1 && following.seen.includes(head));
      safe = head;
      await waitUntil(async () => (await storedAt()) === head);
      await following.stop();
      expect(following.seen).toEqual(upTo(head));
    });

    it('report a checkpoint that is ahead of the log', async () => {
      const subject = getSubject();
      await subject.checkpoints.advance('ahead', 0, 1_000_000_000);
      const following = follow(subject, { name: 'ahead' });
      await waitUntil(() => following.errors.length > 0);
      await following.stop();
      expect(following).toMatchObject({ seen: [], errors: [{ code: 'checkpoint-ahead' }] });
    });
  });
}
