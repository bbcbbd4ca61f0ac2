import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryEventStore } from '#libs/event-store';
import { FollowedStream } from './followed-stream.ts';
import { asRecorded, toNewEvent } from './domain-event.ts';

type Added = { type: 'Added'; data: { n: number } };

let store: InMemoryEventStore;
let followed: FollowedStream<number, Added>;

const add = (n: number): Promise<unknown> =>
  store.append({
    idempotency: { scope: 'test', key: String(n), contentHash: 'a'.repeat(64) },
    writes: [{ stream: 'sum', expected: 'any', events: [toNewEvent({ type: 'Added', data: { n } }, { actor: 'test' })] }],
  });

describe('FollowedStream', () => {
  beforeEach(() => {
    store = new InMemoryEventStore();
    followed = new FollowedStream<number, Added>(store, 'sum', 0, (sum, { data }) => sum + data.n);
  });

  it('knows nothing before it was read', async () => {
    await add(1);
    expect(followed.current).toEqual({ state: 0, version: 0 });
  });

  it('folds each event once, whoever asks at the same time', async () => {
    await add(1);
    await add(2);
    const answers = await Promise.all([followed.catchUp(), followed.catchUp(), followed.catchUp()]);
    expect(answers.map(({ state }) => state)).toEqual([3, 3, 3]);
    await add(4);
    expect(await followed.catchUp()).toEqual({ state: 7, version: 3 });
    expect(followed.current).toEqual({ state: 7, version: 3 });
  });

  it('reads once more for all who ask while it is being read', async () => {
    const readStream = store.readStream.bind(store);
    let reads = 0;
    store.readStream = (...question) => {
      reads += 1;
      return readStream(...question);
    };
    await add(1);
    const first = followed.catchUp();
    await Promise.resolve();
    const added = add(2);
    const others = Promise.all([added.then(() => followed.catchUp()), first, followed.catchUp(), followed.catchUp()]);
    expect((await others)[0]).toEqual({ state: 3, version: 2 });
    expect(reads).toBeLessThanOrEqual(3);
  });

  it('takes in what was read otherwise once and in order, and tells where something is missing', async () => {
    await add(1);
    await add(2);
    await add(4);
    const [first, second, third] = asRecorded<Added>(await store.readStream('sum'));
    if (first === undefined || second === undefined || third === undefined) throw new Error('there are three');
    expect([followed.take(first), followed.take(first), followed.take(third), followed.current.version]).toEqual([
      true,
      true,
      false,
      1,
    ]);
    expect([followed.take(second), followed.take(third)]).toEqual([true, true]);
    expect(followed.current).toEqual({ state: 7, version: 3 });
  });

  it('folds no event a second time that was taken in while it was being read', async () => {
    await add(1);
    await add(2);
    const [first] = asRecorded<Added>(await store.readStream('sum'));
    const reading = followed.catchUp();
    if (first !== undefined) followed.take(first);
    expect(await reading).toEqual({ state: 3, version: 2 });
  });

  it('keeps what it knew when the log can not be read, and reads on later', async () => {
    await add(1);
    await followed.catchUp();
    const readStream = store.readStream.bind(store);
    store.readStream = () => Promise.reject(new Error('away'));
    await expect(followed.catchUp()).rejects.toThrow('away');
    expect(followed.current).toEqual({ state: 1, version: 1 });
    store.readStream = readStream;
    await add(2);
    expect((await followed.catchUp()).state).toBe(3);
  });
});
