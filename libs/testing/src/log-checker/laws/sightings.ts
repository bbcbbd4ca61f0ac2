import type { JsonObject } from '#libs/contracts';
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

/** Reports of one fault on one target that may still be rested on, in their order. */
interface Reported {
  readonly waiting: { readonly id: string; readonly position: number }[];
  /** By which it was shown last. */
  shownBy: string;
}

/**
 * Stored reports that can show more than text from a page does. An incident is shown by the last one that names it, or by one that
 * it doesn't count yet: what it has counted otherwise is forgotten, and so a storm needs no memory.
 */
export class Sightings {
  private readonly sightings = new Map<string, Sighting>();
  private readonly faults = new Map<string, Reported>();
  /** By the stream of its incidents. */
  private readonly faultOf = new Map<string, Reported>();

  observe(event: LogEvent): void {
    switch (event.type) {
      case 'ErrorReported':
        return this.note(event);
      case 'IncidentOpened':
        this.faultOf.set(event.stream, this.findFault(event.data));
        return;
      case 'IncidentGrew':
        return this.forgetCounted(event);
    }
  }

  find(eventId: string): Sighting | undefined {
    return this.sightings.get(eventId);
  }

  private note({ id, position, data }: LogEvent): void {
    if (readText(data, 'agent_class') !== 'service') return;
    const found = readObject(readObject(data, 'error'), 'data');
    this.sightings.set(id, {
      agentId: readText(data, 'agent_id'),
      target: readText(data, 'target'),
      observedAtMs: Date.parse(readText(data, 'observed_at')),
      exited: readText(found, 'reason') === 'exited',
      failedChecks: readNumber(found, 'consecutive_failures'),
    });
    this.findFault(data).waiting.push({ id, position });
  }

  private forgetCounted({ stream, data }: LogEvent): void {
    const fault = this.faultOf.get(stream);
    if (fault === undefined) return;
    const through = Number(readText(data, 'through_position'));
    const counted = fault.waiting.findIndex(({ position }) => position > through);
    const forgotten = fault.waiting.splice(0, counted === -1 ? fault.waiting.length : counted).map(({ id }) => id);
    const named = readText(readObject(data, 'evidence'), 'report_event_id');
    for (const id of [...forgotten, fault.shownBy]) if (id !== named) this.sightings.delete(id);
    fault.shownBy = named;
  }

  private findFault(data: JsonObject): Reported {
    const key = `${readText(data, 'fingerprint')} on ${readText(data, 'target')}`;
    const fault = this.faults.get(key) ?? { waiting: [], shownBy: '' };
    this.faults.set(key, fault);
    return fault;
  }
}
