import { describe, expect, it } from '@jest/globals';
import { type Anchor, CHAIN_HASH_VERSION, InMemoryEventStore } from '#libs/event-store';
import { buildAppend } from '#libs/testing';
import { RecordingLogger } from '../../../test/builders/recording-logger.ts';
import { Metrics } from '../metrics/metrics.ts';
import { AnchorKeeper, type AnchorPlace } from './anchor-keeper.ts';

/** A place that may be away. */
class FlakyPlace implements AnchorPlace {
  readonly anchors: Anchor[] = [];
  isAway = false;

  constructor(readonly name: string) {}

  async readLast(): Promise<Anchor | undefined> {
    if (this.isAway) throw new Error('away');
    return this.anchors.at(-1);
  }

  async write(anchor: Anchor): Promise<void> {
    if (this.isAway) throw new Error('away');
    this.anchors.push(anchor);
  }
}

function setUp(): {
  store: InMemoryEventStore;
  places: [FlakyPlace, FlakyPlace];
  metrics: Metrics;
  startKeeper: () => AnchorKeeper;
} {
  const store = new InMemoryEventStore();
  const places: [FlakyPlace, FlakyPlace] = [new FlakyPlace('one'), new FlakyPlace('other')];
  const metrics = new Metrics();
  return {
    store,
    places,
    metrics,
    startKeeper: () => new AnchorKeeper({ store, places, metrics, logger: new RecordingLogger() }),
  };
}

const positionsIn = ({ anchors }: FlakyPlace): number[] => anchors.map(({ position }) => position);

describe('the keeper of anchors', () => {
  it('notes the head down everywhere, once for each time that it moved', async () => {
    const { store, places, metrics, startKeeper } = setUp();
    const keeper = startKeeper();
    await keeper.keep();
    await store.append(buildAppend('a-1', 'any', 3));
    await keeper.keep();
    await keeper.keep();
    await store.append(buildAppend('a-1', 'any', 2));
    await keeper.keep();
    expect(places.map(positionsIn)).toEqual([
      [3, 5],
      [3, 5],
    ]);
    const { chainHash, recordedAt } = await store.head();
    const logId = await store.logId();
    expect(places[0].anchors[1]).toEqual({
      logId,
      position: 5,
      hashVersion: CHAIN_HASH_VERSION,
      chainHash,
      recordedAt: recordedAt?.toISOString(),
    });
    expect(await metrics.registry.metrics()).toContain('zantara_anchored_position{place="one"} 5');
  });

  it('goes on where another process has left off', async () => {
    const { store, places, startKeeper } = setUp();
    await store.append(buildAppend('a-1', 'any', 3));
    await startKeeper().keep();
    await startKeeper().keep();
    expect(places.map(positionsIn)).toEqual([[3], [3]]);
  });

  it('gives a place that was away what it lacks, and holds nobody up meanwhile', async () => {
    const { store, places, startKeeper } = setUp();
    const keeper = startKeeper();
    places[0].isAway = true;
    await store.append(buildAppend('a-1', 'any', 3));
    await keeper.keep();
    expect(places.map(positionsIn)).toEqual([[], [3]]);
    places[0].isAway = false;
    await keeper.keep();
    expect(places.map(positionsIn)).toEqual([[3], [3]]);
  });

  it('notes the last head down when it stops', async () => {
    const { store, places, startKeeper } = setUp();
    const keeper = startKeeper();
    keeper.onApplicationBootstrap();
    await store.append(buildAppend('a-1', 'any', 4));
    await keeper.stop();
    expect(positionsIn(places[0]).at(-1)).toBe(4);
  });

  it('fails nobody while the log itself is away', async () => {
    const { places, metrics } = setUp();
    const logger = new RecordingLogger();
    const away = (): Promise<never> => Promise.reject(new Error('away'));
    await new AnchorKeeper({ store: { head: away, logId: away }, places, metrics, logger }).keep();
    expect(logger.problems).toHaveLength(1);
  });
});
