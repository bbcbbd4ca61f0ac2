import type { IncidentSummary } from '../api/incident.schema.ts';
import { formatDuration } from './duration.ts';
import { shorten } from './plain.ts';
import { explainReason } from './reasons.ts';

/** The incident in one sentence: what somebody who was just woken has to know. */
export function tellHeadline(incident: IncidentSummary, nowMs: number): string {
  const service = shorten(incident.service, 63);
  const strategy = incident.strategy === null ? undefined : shorten(incident.strategy, 60);
  const lasted = formatDuration(
    (incident.ended_at === null ? nowMs : Date.parse(incident.ended_at)) - Date.parse(incident.opened_at),
  );
  switch (incident.state) {
    case 'open':
      return `${service} has had a fault for ${lasted}, and no fix is under way`;
    case 'healing':
      return `${service} has had a fault for ${lasted}; ${strategy ?? 'a fix'} is under way`;
    case 'mitigated':
      return `${service} works again, says its agent; nobody independent has confirmed it`;
    case 'resolved':
      return strategy === undefined
        ? `${service} works again after ${lasted}, without a fix, checked by the orchestrator itself`
        : `${service} was healed by ${strategy} after ${lasted}, checked by the orchestrator itself`;
    case 'escalated':
      return `${service} needs a person: ${explainReason(shorten(incident.reason_code ?? 'reason unknown', 200))}`;
    default:
      // A state of a newer orchestrator.
      return service;
  }
}
