import type { JsonObject } from '#libs/contracts';
import type { StoredEvent } from '#libs/event-store';
import { waitUntil } from '#libs/testing';
import type { Log } from '../../src/platform/log/log.ts';

const EVERY_MS = 50;

/** Reads a log on for all who wait for something in it: each for itself would keep the orchestrator from its work. */
export class FollowedLog {
  private readonly events: StoredEvent[] = [];
  private readonly timer: NodeJS.Timeout;
  private isReading = false;

  constructor(private readonly log: Log) {
    this.timer = setInterval(() => void this.read(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The data of the first event that fits, once it is there. */
  async find(fits: (event: StoredEvent) => boolean): Promise<JsonObject> {
    let found: StoredEvent | undefined;
    await waitUntil(() => (found = this.events.find(fits)) !== undefined, { everyMs: EVERY_MS });
    return found?.data ?? {};
  }

  private async read(): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    try {
      const after = this.events.at(-1)?.position ?? 0;
      this.events.push(...(await this.log.store.readAll({ after, limit: 1000 })));
    } finally {
      this.isReading = false;
    }
  }
}
