import type { JsonObject } from '#libs/contracts';
import { readText } from '../fields.ts';
import type { LogEvent } from '../law.ts';

/** A change that is stored while guards are being asked is seen by the next who ask. */
const OVERLAP_MS = 5_000;

interface Version {
  readonly entry: JsonObject | undefined;
  readonly sinceMs: number;
}

/** What the catalogue said of each service, and when: this checker's own fold. */
export class CatalogueHistory {
  private readonly services = new Map<string, Version[]>();

  observe({ type, data, recordedAtMs }: LogEvent): void {
    switch (type) {
      case 'ServiceRegistered':
      case 'ServiceChanged':
        return this.add(readText(data, 'id'), { entry: data, sinceMs: recordedAtMs });
      case 'ServiceRetired':
        return this.add(readText(data, 'id'), { entry: undefined, sinceMs: recordedAtMs });
    }
  }

  /** What may have been read of a service by somebody who acts at this time, the latest first; `undefined` for no entry. */
  findReadable(id: string, atMs: number): (JsonObject | undefined)[] {
    const versions = this.services.get(id) ?? [];
    const readable = versions.filter((_, index) => (versions[index + 1]?.sinceMs ?? atMs) > atMs - OVERLAP_MS);
    return readable.length === 0 ? [undefined] : readable.map(({ entry }) => entry).toReversed();
  }

  private add(id: string, version: Version): void {
    this.services.set(id, [...(this.services.get(id) ?? []), version]);
  }
}
