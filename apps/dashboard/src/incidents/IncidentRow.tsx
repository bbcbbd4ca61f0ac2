import type { VNode } from 'preact';
import { formatDuration, type IncidentSummary, plain, plural, toneOfState } from '#libs/contracts';
import { incidentAddress } from '../lists/incident-filter.ts';
import { StatePill } from '../parts/StatePill.tsx';
import { Ago } from '../time/Ago.tsx';
import { findLastMoment, tellErrorType, tellSymptom } from './incident-words.ts';

export function IncidentRow({ incident }: { incident: IncidentSummary }): VNode {
  const { incident_id: id, state, service, symptom, strategy, opened_at: openedAt, ended_at: endedAt } = incident;
  const moment = findLastMoment(incident);
  return (
    <li class={`incident tone-${toneOfState(state)}`}>
      <StatePill state={state} />
      <a class="incident-what" href={incidentAddress(id)}>
        <strong>{plain(service)}</strong>
        <span>{tellSymptom(symptom)}</span>
      </a>
      <p class="incident-how">
        {plain(incident.severity)} · {tellErrorType(incident.error_type)} · {plural(incident.count, 'report')}
        {strategy !== null && ` · ${plain(strategy)}`}
      </p>
      <p class="incident-when">
        <span>
          {moment.what} <Ago at={moment.at} />
        </span>
        <span class="quiet">
          {endedAt === null ? 'not over' : `took ${formatDuration(Date.parse(endedAt) - Date.parse(openedAt))}`}
        </span>
      </p>
    </li>
  );
}
