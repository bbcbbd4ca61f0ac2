import { Injectable } from '@nestjs/common';
import type { StreamWrite } from '#libs/event-store';
import type { ErrorReported } from '../intake/intake.events.ts';
import { Clock } from '../platform/clock.ts';
import { createEventId } from '../platform/log/create-event-id.ts';
import { toStreamWrites } from '../platform/log/log.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { computeEvidence } from './evidence.ts';
import type { DescribedFault } from './incident.commands.ts';
import { openIncident, startHealing } from './incident.decider.ts';
import type { IncidentOpened } from './incident.events.ts';
import { beginEpisode, type OpenedIncident } from './incident.ts';
import { OccurrencesService } from './occurrences.service.ts';
import { classifySymptom, type Symptom } from './symptom.ts';

/** An incident that a report opens, if nothing is known of its fault. */
export interface ForeseenIncident {
  key: string;
  incident: OpenedIncident;
  opened: IncidentOpened;
  /** Of `opened`, for what it causes. */
  openedId: string;
  reportId: string;
}

/** With the kind of what fails. */
export type IdentifiedFault = DescribedFault & { symptom: Symptom };

const MAX_SEEN = 10_000;

/** Incidents of reports that aren't stored yet. */
@Injectable()
export class ForeseenIncidents {
  /** Faults of which a report came in before: another one must not be stored as the first. */
  private readonly seen = new Set<string>();

  constructor(
    private readonly occurrences: OccurrencesService,
    private readonly clock: Clock,
  ) {}

  /** Which fault a report tells of; undefined where the catalogue doesn't know the target. */
  identify(data: ErrorReported['data']): IdentifiedFault | undefined {
    const fault = this.occurrences.describe(data);
    return fault.ownerAgent === undefined ? undefined : { ...fault, symptom: classifySymptom(data.error) };
  }

  /** @returns undefined where this process knows of the fault */
  foresee(fault: IdentifiedFault, reportId: string, data: ErrorReported['data']): ForeseenIncident | undefined {
    const { key } = fault;
    if (this.seen.has(key) || this.occurrences.knows(key)) return undefined;
    this.note(key);
    const evidence = computeEvidence({ id: reportId, data });
    const opened = openIncident(fault, 1, { observedAtMs: Date.parse(data.observed_at), evidence });
    return { key, incident: beginEpisode(opened, this.clock.nowMs()), opened, openedId: createEventId(), reportId };
  }

  /** It is opened and being healed at once; the log refuses that where it knows of the fault. */
  toWrites(
    { key, incident, opened, openedId, reportId }: ForeseenIncident,
    fix: { fixId: string; strategy: string },
  ): StreamWrite[] {
    const { incidentId } = incident;
    const events = [opened, startHealing({ incidentId, ...fix })];
    return toStreamWrites({
      actor: 'incidents',
      correlationId: incidentId,
      cause: { id: reportId },
      eventIds: new Map([[opened, openedId]]),
      writes: [{ stream: logStreams.incident(key), expected: 'none', events }],
    });
  }

  private note(key: string): void {
    this.seen.add(key);
    const [oldest] = this.seen;
    if (this.seen.size > MAX_SEEN && oldest !== undefined) this.seen.delete(oldest);
  }
}
