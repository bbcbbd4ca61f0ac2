import type { OnApplicationBootstrap } from '@nestjs/common';
import { type Anchor, CHAIN_HASH_VERSION, type EventStore } from '#libs/event-store';
import type { AppLogger } from '../logging/app-logger.ts';
import type { Metrics } from '../metrics/metrics.ts';

/** Somewhere outside of the database where the head of the log is noted down. */
export interface AnchorPlace {
  readonly name: string;
  /** What was noted down there last. */
  readLast(): Promise<Anchor | undefined>;
  write(anchor: Anchor): Promise<void>;
}

export interface AnchorKeeperParts {
  readonly store: Pick<EventStore, 'head' | 'logId'>;
  readonly places: readonly AnchorPlace[];
  readonly metrics: Metrics;
  readonly logger: AppLogger;
}

const INTERVAL_MS = 60_000;

/**
 * Notes the head of the log down, each minute in which it moved: from then on nothing before it can be changed unseen, not even
 * by somebody who hashes the whole chain anew. Nothing depends on it: a place that is away gets the next anchor.
 */
export class AnchorKeeper implements OnApplicationBootstrap {
  private readonly parts: AnchorKeeperParts;
  private readonly lasts = new Map<AnchorPlace, Anchor>();
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(parts: AnchorKeeperParts) {
    this.parts = parts;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.keep(), INTERVAL_MS);
    void this.keep();
  }

  /** Notes down how far the log has come in the end. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.keep();
  }

  /** Resolves when every place has the head, or was found to be away. Never rejects. */
  keep(): Promise<void> {
    this.turn = this.turn.then(() => this.keepOnce()).catch((error: unknown) => this.complain('no place', error));
    return this.turn;
  }

  private async keepOnce(): Promise<void> {
    const { store, places } = this.parts;
    const { position, chainHash, recordedAt } = await store.head();
    if (recordedAt === undefined) return; // an empty log has nothing to vouch for
    const anchor = {
      logId: await store.logId(),
      position,
      hashVersion: CHAIN_HASH_VERSION,
      chainHash,
      recordedAt: recordedAt.toISOString(),
    };
    await Promise.all(
      places.map((place) => this.bring(place, anchor).catch((error: unknown) => this.complain(place.name, error))),
    );
  }

  private async bring(place: AnchorPlace, anchor: Anchor): Promise<void> {
    const last = this.lasts.get(place) ?? (await place.readLast());
    if (last?.logId !== anchor.logId || last.chainHash !== anchor.chainHash) await place.write(anchor);
    this.lasts.set(place, anchor);
    this.parts.metrics.anchoredPosition.set({ place: place.name }, anchor.position);
  }

  private complain(place: string, error: unknown): void {
    this.parts.logger.problem('the head of the log could not be anchored', error, { place });
  }
}
