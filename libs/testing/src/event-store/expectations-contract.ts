import { describe, expect, it } from '@jest/globals';
import type { AppendRequest, EventStore, ExpectedVersion } from '#libs/event-store';
import { buildAppend, buildEvents, buildKey, expectAppended } from './event-builder.ts';
import type { GetSubject } from './event-store-subject.ts';

// expected version, versions of the stream at which it holds, of 0, 1, 2 and 3
const TABLE: [ExpectedVersion, number[]][] = [
  ['any', [0, 1, 2, 3]],
  ['none', [0]],
  ['exists', [1, 2, 3]],
  [0, [0]],
  [1, [1]],
  [2, [2]],
  [3, [3]],
  [4, []],
];
const VERSIONS = [0, 1, 2, 3];
const rows = TABLE.flatMap(([expected, holds]) =>
  VERSIONS.map((version) => [expected, version, holds.includes(version)] as const),
);

let made = 0;
async function makeStream(store: EventStore, version: number): Promise<string> {
  made += 1;
  const stream = `expected-${made}`;
  if (version > 0) await store.append(buildAppend(stream, 'none', version));
  return stream;
}

export function describeExpectations(getSubject: GetSubject): void {
  describe('expected versions', () => {
    it.each(rows)('%s on a stream at version %i: holds is %s', async (expected, version, holds) => {
      const store = getSubject().open();
      const stream = await makeStream(store, version);
      const result = await store.append(buildAppend(stream, expected, 2));
      if (holds) expectAppended(result);
      else {
        const conflict = { reason: 'wrong-version', stream, expected, actual: version };
        expect(result).toEqual({ status: 'conflict', conflict });
      }
      expect(await store.readStream(stream)).toHaveLength(holds ? version + 2 : version);
    });

    it.each(rows)('%s as a condition on another stream at version %i: holds is %s', async (expected, version, holds) => {
      const store = getSubject().open();
      const stream = await makeStream(store, version);
      const result = await store.append({ ...buildAppend(`${stream}-target`), conditions: [{ stream, expected }] });
      if (holds) expectAppended(result);
      else {
        const conflict = { reason: 'condition-failed', stream, expected, actual: version };
        expect(result).toEqual({ status: 'conflict', conflict });
      }
      expect(await store.readStream(stream)).toHaveLength(version);
    });

    it('judges a condition on a stream of its own as before the request', async () => {
      const store = getSubject().open();
      const stream = await makeStream(store, 1);
      const request = { ...buildAppend(stream, 'exists', 2), conditions: [{ stream, expected: 1 }] };
      expectAppended(await store.append(request));
      expect(await store.append({ ...buildAppend(stream), conditions: [{ stream, expected: 1 }] })).toMatchObject({
        conflict: { reason: 'condition-failed', actual: 3 },
      });
    });
  });
  describe('concurrent appends', () => describeConcurrency(getSubject));
}

function describeConcurrency(getSubject: GetSubject): void {
  it.each(['none', 0, 3] as const)('let exactly one win that expects %s', async (expected) => {
    const stores = [getSubject().open(), getSubject().open(), getSubject().open()];
    const [store] = stores;
    if (!store) throw new Error('no store');
    for (let round = 0; round < 10; round += 1) {
      const stream = await makeStream(store, typeof expected === 'number' ? expected : 0);
      const race = stores.flatMap((each) => Array.from({ length: 8 }, () => each.append(buildAppend(stream, expected))));
      const results = await Promise.all(race);
      expect(results.filter((result) => result.status === 'appended')).toHaveLength(1);
      expect(results.filter((result) => result.status === 'conflict')).toHaveLength(23);
      expect(await store.readStream(stream)).toHaveLength(expected === 3 ? 4 : 1);
    }
  });

  it('behave as if done one after the other', async () => {
    const store = getSubject().open();
    const results = await Promise.all([
      store.append(buildAppend('turns-1', 'none', 2)),
      store.append(buildAppend('turns-1', 2, 1)),
      store.append(buildAppend('turns-1', 2, 5)),
      store.append({ ...buildAppend('turns-2'), conditions: [{ stream: 'turns-1', expected: 3 }] }),
      store.append(buildAppend('turns-1', 3, 1)),
    ]);
    expect(results.map((result) => result.status)).toEqual(['appended', 'appended', 'conflict', 'appended', 'appended']);
    expect((await store.readStream('turns-1')).map((event) => event.version)).toEqual([1, 2, 3, 4]);
  });

  it('keep a refused one from harming the others', async () => {
    const store = getSubject().open();
    const requests: AppendRequest[] = Array.from({ length: 50 }, (_, n) =>
      n % 7 === 3 ? buildAppend(`harm-${n}`, 'exists') : buildAppend(`harm-${n % 5}`, 'any', (n % 3) + 1),
    );
    const results = await Promise.all(requests.map((request) => store.append(request)));
    const refused = results.flatMap((result, n) => (result.status === 'conflict' ? [n] : []));
    expect(refused).toEqual([3, 10, 17, 24, 31, 38, 45]);
    const positions = results.flatMap((result) =>
      result.status === 'conflict' ? [] : VERSIONS.map((n) => result.firstPosition + n).filter((p) => p <= result.lastPosition),
    );
    const first = Math.min(...positions);
    expect(positions.sort((a, b) => a - b)).toEqual(positions.map((_, n) => first + n));
  });

  it('number one stream densely over several stores', async () => {
    const stores = [getSubject().open(), getSubject().open()];
    await Promise.all(
      stores.flatMap((store, s) =>
        Array.from({ length: 40 }, (_, n) =>
          store.append({ ...buildAppend('shared-1', 'any', 2), idempotency: buildKey(`${s}-${n}`) }),
        ),
      ),
    );
    const events = (await stores[0]?.readStream('shared-1')) ?? [];
    expect(events.map((event) => event.version)).toEqual(buildEvents(160).map((_, n) => n + 1));
  });
}
