import type { JsonObject } from '#libs/contracts';
import { readText } from '../fields.ts';
import type { LogEvent } from '../law.ts';

/** What the catalogue says of each service, up to the event that was seen last: this checker's own fold. */
export class CatalogueHistory {
  private readonly services = new Map<string, JsonObject>();

  observe({ type, data }: LogEvent): void {
    if (type === 'ServiceRegistered' || type === 'ServiceChanged') this.services.set(readText(data, 'id'), data);
    if (type === 'ServiceRetired') this.services.delete(readText(data, 'id'));
  }

  findService(id: string): JsonObject | undefined {
    return this.services.get(id);
  }
}
