import { Injectable } from '@nestjs/common';
import type { IncidentDetail, TimelineEntry } from '#libs/contracts';
import type { StoredEvent } from '#libs/event-store';
import type { IncidentEvent } from '../incidents/incident.events.ts';
import { Log } from '../platform/log/log.ts';
import { toLogEvent } from '../platform/log/log-event.ts';

/** More events than a story has that somebody reads; of a longer one the middle is left out. */
const MAX_ENTRIES = 2000;
/** A fault that a person has to end grows every 10 s for days. The last one counts all before it. */
const REPEATED = ['IncidentGrew'] satisfies IncidentEvent['type'][];

/** Tells an incident as its events, with what caused them. */
@Injectable()
export class TimelineService {
  constructor(private readonly log: Log) {}

  /**
   * @param openedAt when the first report was observed
   * @param through nothing is told that comes after this position
   */
  async load(
    incidentId: string,
    { openedAt, through = Number.POSITIVE_INFINITY }: { openedAt: Date; through?: number },
  ): Promise<Pick<IncidentDetail, 'timeline' | 'omitted'>> {
    const own = await this.log.store.readCorrelated(incidentId, { limit: MAX_ENTRIES, thinned: REPEATED });
    const causes = await this.log.store.readPositions(missingCauses(own.events));
    const told = [...causes, ...own.events].filter(({ position }) => position <= through).sort((a, b) => a.position - b.position);
    const readAsCauses = causes.filter(({ metadata }) => metadata.correlation_id === incidentId).length;
    return {
      timeline: told.map((event, index) => toEntry(event, told[index - 1], openedAt)),
      omitted: own.omitted - readAsCauses,
    };
  }
}

/** Mostly from outside the incident: the reports that opened it and the results that moved its fixes. */
function missingCauses(events: readonly StoredEvent[]): number[] {
  const own = new Set(events.map(({ position }) => position));
  return [...new Set(events.flatMap(positionOfCause))].filter((position) => !own.has(position));
}

/** What was stored together with its cause doesn't name the position: it came right before, or it is one of the incident's own. */
function positionOfCause({ metadata, position }: StoredEvent): number[] {
  const { causation_id: id, causation_position: known } = metadata;
  if (known !== undefined) return [Number(known)];
  return id === undefined ? [] : [position - 1];
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
