import { readNumber, readObject, readText } from '../fields.ts';
import type { LogEvent } from '../law.ts';

/** What a stored report says of who saw what. */
export interface Sighting {
  readonly agentId: string;
  readonly target: string;
  readonly observedAtMs: number;
  readonly exited: boolean;
  readonly failedChecks: number;
}

/** Every stored report that could show more than text from a page does. Of a storm of pages nothing is kept. */
export class Sightings {
  private readonly reports = new Map<string, Sighting>();
  /** One copy of each name: many reports are of few agents. */
  private readonly names = new Map<string, string>();

  observe({ type, id, data }: LogEvent): void {
    if (type !== 'ErrorReported' || readText(data, 'agent_class') !== 'service') return;
    const found = readObject(readObject(data, 'error'), 'data');
    this.reports.set(id, {
      agentId: this.nameOf(readText(data, 'agent_id')),
      target: this.nameOf(readText(data, 'target')),
      observedAtMs: Date.parse(readText(data, 'observed_at')),
      exited: readText(found, 'reason') === 'exited',
      failedChecks: readNumber(found, 'consecutive_failures'),
    });
  }

  find(eventId: string): Sighting | undefined {
    return this.reports.get(eventId);
  }

  private nameOf(text: string): string {
    const known = this.names.get(text);
    if (known !== undefined) return known;
    this.names.set(text, text);
    return text;
  }
}
