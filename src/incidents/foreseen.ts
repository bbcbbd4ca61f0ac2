import type { DomainEvent, Recorded } from '../platform/log/domain-event.ts';
import type { Folded } from '../platform/log/fold-stream.ts';
import type { IncidentHealing, IncidentOpened } from './incident.events.ts';
import { evolveIncident, type IncidentState, INITIAL_INCIDENT } from './incident.ts';
import { keyOfIncident } from './incident-key.ts';

/** What a stretch of the log says of incidents that were opened, and decided about, in the append of their first report. */
export interface Foreseen {
  /** By their keys, as they were stored then. */
  incidents: ReadonlyMap<string, Folded<IncidentState>>;
  /** Whether an event is in an incident already: its first report, and the command of its first fix. */
  isDoneWith: (event: Recorded<DomainEvent>) => boolean;
}

export function findForeseen(events: readonly Recorded<IncidentOpened | IncidentHealing>[]): Foreseen {
  const incidents = new Map<string, Folded<IncidentState>>();
  const reports = new Set<string>();
  const fixes = new Set<unknown>();
  for (const event of events) {
    const key = keyOfIncident(event.data.incident_id);
    const known = incidents.get(key) ?? { state: INITIAL_INCIDENT, version: 0 };
    if (event.version !== known.version + 1) continue;
    if (event.type === 'IncidentHealing') fixes.add(event.data.fix_id);
    else if (event.data.evidence.report_position === undefined) reports.add(event.data.evidence.report_event_id);
    else continue;
    incidents.set(key, { state: evolveIncident(known.state, event, event), version: event.version });
  }
  return {
    incidents,
    isDoneWith: ({ id, type, data }) => reports.has(id) || (type === 'FixCommanded' && fixes.has(data['fix_id'])),
  };
}
