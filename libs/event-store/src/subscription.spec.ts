import { describe, expect, it } from '@jest/globals';
import { buildAppend, waitUntil } from '#libs/testing';
import type { StoredEvent } from './event-store.ts';
import { LogUnavailableError } from './event-store.errors.ts';
import { InMemoryCheckpoints } from './memory/in-memory-checkpoints.ts';
import { InMemoryEventStore } from './memory/in-memory-event-store.ts';
import { runSubscription, type SubscriptionOptions } from './subscription.ts';

const NEVER_MS = 1_000_000;

function createSubject(options: Partial<SubscriptionOptions> = {}) {
  const store = new InMemoryEventStore();
  const abort = new AbortController();
  const checkpoints = new InMemoryCheckpoints();
  const seen: number[] = [];
  const errors: unknown[] = [];
  const start = (): Promise<void> =>
    runSubscription({
      store,
      checkpoints,
      name: 'subject',
      pollMs: NEVER_MS,
      signal: abort.signal,
      onError: (error) => errors.push(error),
      handle: (events) => {
        seen.push(...events.map(({ position }) => position));
      },
      ...options,
    }).stopped;
  return { store, abort, checkpoints, seen, errors, start };
}

describe('subscription', () => {
  it('stops at once while it waits for events', async () => {
    const { abort, start } = createSubject();
    const stopped = start();
    await Promise.resolve();
    abort.abort();
    await stopped;
  });

  it('does nothing when it is stopped before it starts', async () => {
    const { store, abort, seen, start } = createSubject();
    await store.append(buildAppend('s-1'));
    abort.abort();
    await start();
    expect(seen).toEqual([]);
  });

  it('finishes the batch in hand, and its checkpoint, before it stops', async () => {
    let release = (): void => {};
    const { store, abort, checkpoints, start } = createSubject({
      handle: () =>
        new Promise<void>((resolve) => {
          release = resolve;
          abort.abort();
        }),
    });
    await store.append(buildAppend('s-1', 'any', 3));
    const stopped = start();
    await waitUntil(() => abort.signal.aborted);
    release();
    await stopped;
    expect(await checkpoints.load('subject')).toBe(3);
  });

  it('stores its progress now and then while much comes, and once all is handled', async () => {
    const moves: number[] = [];
    const checkpoints = new InMemoryCheckpoints();
    const counting = {
      load: (name: string) => checkpoints.load(name),
      advance: (name: string, from: number, to: number) => {
        moves.push(to);
        return checkpoints.advance(name, from, to);
      },
    };
    const { store, abort, seen, start } = createSubject({ checkpoints: counting, batchSize: 1 });
    await store.append(buildAppend('s-1', 'any', 200));
    const stopped = start();
    await waitUntil(() => moves.at(-1) === 200);
    expect(seen).toHaveLength(200);
    expect(moves.length).toBeLessThan(100);
    abort.abort();
    await stopped;
  });

  it('is woken by the further source, and leaves it in the end', async () => {
    const listeners = new Set<() => void>();
    const { store, abort, seen, start } = createSubject({
      onWakeUp: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    });
    const silent = new InMemoryEventStore({ log: store.log }); // another process: its appends aren't heard here
    const stopped = start();
    await silent.append(buildAppend('s-1'));
    for (const wake of listeners) wake();
    await waitUntil(() => seen.length === 1);
    abort.abort();
    await stopped;
    expect(listeners.size).toBe(0);
  });

  it('does not miss a wake-up that comes while it handles events', async () => {
    const subject = createSubject({
      handle: async (events) => {
        if (events[0]?.position === 1) await subject.store.append(buildAppend('s-1'));
        subject.seen.push(...events.map(({ position }) => position));
      },
      batchSize: 1,
    });
    await subject.store.append(buildAppend('s-1'));
    const stopped = subject.start();
    await waitUntil(() => subject.seen.length === 2);
    subject.abort.abort();
    await stopped;
  });

  it('goes on after the store was unavailable', async () => {
    const source = new InMemoryEventStore();
    await source.append(buildAppend('s-1'));
    let failures = 3;
    const readAll = (options: { after: number; limit: number }): Promise<StoredEvent[]> => {
      failures -= 1;
      return failures >= 0 ? Promise.reject(new LogUnavailableError('away')) : source.readAll(options);
    };
    const store = { readAll, head: () => source.head(), onAppended: () => () => undefined };
    const { abort, seen, errors, start } = createSubject({ store });
    const stopped = start();
    await waitUntil(() => seen.length === 1);
    abort.abort();
    await stopped;
    expect(errors).toHaveLength(3);
  });

  it('hands on nothing of an answer with a hole', async () => {
    const source = new InMemoryEventStore();
    await source.append(buildAppend('s-1', 'any', 3));
    const readAll = async (options: { after: number; limit: number }): Promise<StoredEvent[]> =>
      (await source.readAll(options)).filter(({ position }) => position !== 2);
    const store = { readAll, head: () => source.head(), onAppended: () => () => undefined };
    const { abort, seen, errors, start } = createSubject({ store });
    const stopped = start();
    await waitUntil(() => errors.length > 0);
    abort.abort();
    await stopped;
    expect(errors[0]).toMatchObject({ code: 'log-corrupted' });
    expect(seen).toEqual([]);
  });

  it('starts again from where another runner moved the checkpoint', async () => {
    const subject = createSubject({
      batchSize: 2,
      handle: async (events) => {
        if (events[0]?.position === 1) await subject.checkpoints.advance('subject', 0, 4);
        subject.seen.push(...events.map(({ position }) => position));
      },
    });
    await subject.store.append(buildAppend('s-1', 'any', 5));
    const stopped = subject.start();
    await waitUntil(() => subject.seen.includes(5));
    subject.abort.abort();
    await stopped;
    expect(subject.seen).toEqual([1, 2, 5]);
  });
});
