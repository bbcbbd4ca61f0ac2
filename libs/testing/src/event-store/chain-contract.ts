import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from '#libs/contracts';
import { CHAIN_START, type ChainLink, computeChainHash, computeLeafHash, type StoredEvent } from '#libs/event-store';
import { buildAppend, buildEvents } from './event-builder.ts';
import type { GetSubject } from './event-store-subject.ts';

function toLink(event: StoredEvent): ChainLink {
  const { position, stream, version, id, type, schemaVersion } = event;
  const leaf = computeLeafHash({
    stream,
    id,
    type,
    schemaVersion,
    payload: canonicalJson(event.data),
    metadata: canonicalJson(event.metadata),
  });
  return { position, version, leaf };
}

export function describeChain(getSubject: GetSubject): void {
  describe('hash chain', () => {
    it('starts at nothing', async () => {
      const store = getSubject().open();
      expect(await store.head()).toEqual({ position: 0, recordedAt: undefined, chainHash: CHAIN_START.toString('hex') });
      expect(await store.readAll({ after: 0, limit: 10 })).toEqual([]);
      expect(await store.positionAt(new Date())).toBe(0);
    });

    it('links each commit to the one before', async () => {
      const store = getSubject().open();
      const hashes: string[] = [];
      for (const count of [1, 3, 20]) {
        await store.append(
          buildAppend('chain-1', 'any', buildEvents(count, { data: { text: 'grüße \u{1f600}', list: [1, 0.5, null] } })),
        );
        hashes.push((await store.head()).chainHash);
      }
      const events = await store.readAll({ after: 0, limit: 100 });
      const chain = (previous: Buffer, batch: readonly StoredEvent[]): Buffer =>
        computeChainHash(previous, (batch[0]?.recordedAt.getTime() ?? 0) * 1000, batch.map(toLink));
      const first = chain(CHAIN_START, events.slice(0, 1));
      const second = chain(first, events.slice(1, 4));
      const third = chain(second, events.slice(4));
      expect(hashes).toEqual([first, second, third].map((hash) => hash.toString('hex')));
    });

    it('stays when nothing is appended', async () => {
      const store = getSubject().open();
      const before = await store.head();
      await store.append(buildAppend('chain-1', 'none'));
      expect(await store.head()).toEqual(before);
    });
  });
}
