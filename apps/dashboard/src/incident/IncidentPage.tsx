import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { type IncidentDetail, plain, tellHeadline } from '#libs/contracts';
import { loadIncident } from '../api/endpoints.ts';
import { tellSymptom } from '../incidents/incident-words.ts';
import { concernsIncident } from '../lists/relevance.ts';
import { useRefreshed } from '../lists/use-refreshed.ts';
import { type AnswerView, viewAnswer } from '../parts/answer-view.ts';
import { Answer } from '../parts/Answer.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Notice } from '../parts/Notice.tsx';
import { StatePill } from '../parts/StatePill.tsx';
import { PageHeading } from '../shell/PageHeading.tsx';
import { now } from '../time/clock.ts';
import { useDerived } from '../time/use-derived.ts';
import { Attempts } from './Attempts.tsx';
import { Checks } from './Checks.tsx';
import { Decisions } from './Decisions.tsx';
import { IncidentHead } from './IncidentHead.tsx';
import { tellStory } from './incident-story.ts';
import { Timeline } from './Timeline.tsx';

/** A story may be long, and is sent whole. */
const MIN_INTERVAL_MS = 500;

export function IncidentPage({ id }: { id: string }): VNode {
  const incident = useRefreshed(id, {
    load: () => loadIncident(id),
    concerns: concernsIncident(id),
    minIntervalMs: MIN_INTERVAL_MS,
  });
  const [known, problem] = [incident.value.value, incident.problem.value];
  const view = useMemo(() => viewAnswer(known, problem), [known, problem]);
  const headline = useDerived(() => tellHead(view, now.value), [view]);
  return (
    <>
      <nav aria-label="Way back">
        <a class="back" href="/">
          <Icon name="left" />
          all incidents
        </a>
      </nav>
      <header class="incident-head">
        {view.kind === 'shown' && <StatePill state={view.value.state} />}
        <PageHeading text={headline} title={view.kind === 'shown' ? titleOf(view.value) : 'Incident'} />
      </header>
      {problem?.kind === 'absent' ? (
        <Absent />
      ) : (
        <Answer of={incident} what="the incident">
          {(shown) => <Story incident={shown} />}
        </Answer>
      )}
    </>
  );
}

const titleOf = ({ service, symptom, state }: IncidentDetail): string =>
  `${plain(service)}, ${tellSymptom(symptom)}, ${plain(state)}`;

/** One heading from the first moment on: it has the focus, which would be lost with it. */
function tellHead(view: AnswerView<IncidentDetail>, nowMs: number): string {
  if (view.kind === 'shown') return tellHeadline(view.value, nowMs);
  return view.kind === 'missing' && view.problem.kind === 'absent' ? 'There is no such incident in this log' : 'Incident';
}

const Absent = (): VNode => (
  <Notice title="This log knows of no incident with this id.">
    <p>
      <a href="/">Look it up in the list</a>, or check the address: an id looks like <code>3f2a9c41d07b-1</code>.
    </p>
  </Notice>
);

function Story({ incident }: { incident: IncidentDetail }): VNode {
  const story = useMemo(() => tellStory(incident.timeline), [incident]);
  return (
    <>
      <IncidentHead incident={incident} story={story} />
      <Decisions decisions={story.decisions} />
      <div class="pair">
        <Attempts attempts={story.attempts} />
        <Checks checks={story.checks} />
      </div>
      <Timeline told={story.told} timeline={incident.timeline} omitted={incident.omitted} />
    </>
  );
}
