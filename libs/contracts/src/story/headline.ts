import type { IncidentDetail } from '../api/incident.schema.ts';
import { formatDuration } from './duration.ts';
import { Fields } from './fields.ts';
import { shorten } from './plain.ts';
import { explainReason } from './reasons.ts';

/** The incident in one sentence: what somebody who was just woken has to know. */
export function tellHeadline(incident: IncidentDetail, nowMs: number): string {
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
      return tellResolved(incident, { service, strategy, lasted });
    case 'escalated':
      return `${service} needs a person: ${explainReason(shorten(incident.reason_code ?? 'reason unknown', 200))}`;
    default:
      // A state of a newer orchestrator.
      return service;
  }
}

interface Words {
  service: string;
  strategy: string | undefined;
  lasted: string;
}

/** That it is over says nothing of the fix: it may have recovered by itself, or not for long. */
function tellResolved({ timeline }: IncidentDetail, { service, strategy, lasted }: Words): string {
  const last = timeline.findLast(({ type }) => type === 'VerdictReached' || type === 'VerdictRevoked');
  const found = new Fields(last?.data ?? {});
  const undoneBy = found.find('undone_by');
  if (undoneBy !== undefined)
    return `${service} was healed by ${strategy ?? 'a fix'} after ${lasted}, which ${undoneBy} has undone since`;
  if (last?.type === 'VerdictRevoked')
    return `${service} was taken for healed after ${lasted}, and the fault returned: incident ${found.text('because_incident_id')}`;
  const checked = 'checked by the orchestrator itself';
  if (strategy === undefined) return `${service} works again after ${lasted}, without a fix, ${checked}`;
  if (found.find('verdict') === 'superseded')
    return `${service} recovered after ${lasted}, without the help of ${strategy}, ${checked}`;
  return `${service} was healed by ${strategy} after ${lasted}, ${checked}`;
}
