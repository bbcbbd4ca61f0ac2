import { Injectable } from '@nestjs/common';
import type { TimelineEntry } from '#libs/contracts';
import type { StoredEvent } from '#libs/event-store';
import { Log } from '../platform/log/log.ts';
import { toLogEvent } from './log-event.ts';

/** More events than any story has; a longer one is cut at its end. */
const MAX_ENTRIES = 2000;

/** Tells an incident as its events, with what caused them. */
@Injectable()
export class TimelineService {
  constructor(private readonly log: Log) {}

  /** @param openedAt when the first report was observed */
  async load(incidentId: string, openedAt: Date): Promise<TimelineEntry[]> {
    const own = await this.log.store.readCorrelated(incidentId, MAX_ENTRIES);
    const causes = await this.log.store.readPositions(foreignCauses(own));
    const all = [...causes, ...own].sort((a, b) => a.position - b.position);
    return all.map((event, index) => toEntry(event, all[index - 1], openedAt));
  }
}

/** Causes from outside the incident: the reports that opened it and the results that moved its fixes. */
function foreignCauses(events: readonly StoredEvent[]): number[] {
  const own = new Set(events.map(({ position }) => position));
  const causes = events.flatMap(({ metadata }) => metadata['causation_position'] ?? []).map(Number);
  return [...new Set(causes)].filter((position) => !own.has(position));
}

function toEntry(event: StoredEvent, previous: StoredEvent | undefined, openedAt: Date): TimelineEntry {
  const at = event.recordedAt.getTime();
  return {
    ...toLogEvent(event),
    since_opened_ms: at - openedAt.getTime(),
    since_previous_ms: previous === undefined ? 0 : at - previous.recordedAt.getTime(),
    caused_by: event.metadata.causation_id ?? null,
  };
}
