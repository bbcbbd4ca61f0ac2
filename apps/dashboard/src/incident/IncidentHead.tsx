import type { ComponentChildren, VNode } from 'preact';
import { computeMilestones, formatDuration, type IncidentDetail, plain, plural } from '#libs/contracts';
import { tellErrorType, tellSymptom } from '../incidents/incident-words.ts';
import { addressOf } from '../lists/incident-filter.ts';
import { Ago } from '../time/Ago.tsx';
import { formatInstant } from '../time/ago.ts';
import { type Story, summarise } from './incident-story.ts';

/** Nothing else is done by itself. */
const NEXT_STEP = 'Remove the cause and start the service; the incident follows when its agent sees it healthy.';

export function IncidentHead({ incident, story }: { incident: IncidentDetail; story: Story }): VNode {
  return (
    <>
      {incident.state === 'escalated' && <p class="next-step">{NEXT_STEP}</p>}
      <dl class="summary">
        {summarise(story).map(({ what, told }) => (
          <Line key={what} name={what}>
            {told.sentence.text}
          </Line>
        ))}
      </dl>
      <Milestones incident={incident} />
      <Facts incident={incident} />
    </>
  );
}

/** How long each step took, from the moment at which the fault was observed. */
function Milestones({ incident }: { incident: IncidentDetail }): VNode | null {
  const milestones = computeMilestones(incident.timeline);
  if (milestones.length === 0) return null;
  return (
    <ol class="milestones" aria-label="Times after the fault was observed">
      {milestones.map(({ name, afterMs }) => (
        <li key={name}>
          <span class="quiet">{name}</span> <strong>+{formatDuration(afterMs)}</strong>
        </li>
      ))}
    </ol>
  );
}

function Facts({ incident }: { incident: IncidentDetail }): VNode {
  const {
    incident_id: id,
    service,
    severity,
    symptom,
    error_type: type,
    count,
    opened_at: openedAt,
    ended_at: endedAt,
  } = incident;
  return (
    <dl class="facts wide">
      <Line name="service">
        <a href={addressOf({ service })}>{plain(service)}</a>
      </Line>
      <Line name="fault">
        {tellSymptom(symptom)}, {plain(severity)}, {tellErrorType(type)}, {plural(count, 'report')}
      </Line>
      <Line name="began">
        <Ago at={openedAt} /> ({plain(formatInstant(openedAt))})
      </Line>
      {endedAt !== null && (
        <Line name="ended">
          <Ago at={endedAt} /> ({plain(formatInstant(endedAt))})
        </Line>
      )}
      <Line name="id">
        <span class="mono">{plain(id)}</span>
      </Line>
      <Line name="fingerprint">
        <span class="mono">{plain(incident.fingerprint)}</span>
      </Line>
    </dl>
  );
}

const Line = ({ name, children }: { name: string; children: ComponentChildren }): VNode => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
