import type { JsonObject } from '#libs/contracts';
import { InvalidUpcastersError, UnknownSchemaVersionError } from './event-store.errors.ts';

/** Turns the data of one schema version of an event type into that of the next version. Pure. */
export interface Upcaster {
  readonly type: string;
  readonly fromVersion: number;
  readonly upcast: (data: JsonObject) => JsonObject;
}

/**
 * The one place where old events become new ones: every read of the log passes through here.
 * The constructor refuses a set of upcasters with a hole or a double, so a mistake shows at start and not at some read.
 */
export class Upcasters {
  readonly #steps = new Map<string, readonly Upcaster[]>();

  constructor(upcasters: readonly Upcaster[] = []) {
    const byType = new Map<string, Upcaster[]>();
    for (const upcaster of upcasters) byType.set(upcaster.type, [...(byType.get(upcaster.type) ?? []), upcaster]);
    for (const [type, steps] of byType) {
      steps.sort((a, b) => a.fromVersion - b.fromVersion);
      steps.forEach((step, index) => {
        if (step.fromVersion !== index + 1)
          throw new InvalidUpcastersError(`event type ${type} needs exactly one upcaster from schema version ${index + 1}`);
      });
      this.#steps.set(type, steps);
    }
  }

  /** The version in which events of this type are written now: the first one unless a step leads further. */
  newestVersion(type: string): number {
    return (this.#steps.get(type)?.length ?? 0) + 1;
  }

  /**
   * Brings data of a stored schema version to the newest one.
   *
   * @throws UnknownSchemaVersionError
   */
  upcast(type: string, schemaVersion: number, data: JsonObject): { schemaVersion: number; data: JsonObject } {
    const newest = this.newestVersion(type);
    if (schemaVersion > newest) throw new UnknownSchemaVersionError(type, schemaVersion, newest);
    const steps = this.#steps.get(type) ?? [];
    return { schemaVersion: newest, data: steps.slice(schemaVersion - 1).reduce((older, step) => step.upcast(older), data) };
  }
}
