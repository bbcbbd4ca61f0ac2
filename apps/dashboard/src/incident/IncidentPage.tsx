import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { IncidentDetail } from '#libs/contracts';
import { loadIncident } from '../api/endpoints.ts';
import type { ApiError } from '../api/api-error.ts';
import { concernsIncident } from '../lists/relevance.ts';
import { useRefreshed } from '../lists/use-refreshed.ts';
import { Icon } from '../parts/Icon.tsx';
import { Failure, Loading, Notice } from '../parts/Notice.tsx';
import { PageHeading } from '../shell/PageHeading.tsx';
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
  return (
    <>
      <nav aria-label="Way back">
        <a class="back" href="/">
          <Icon name="left" />
          all incidents
        </a>
      </nav>
      {known === undefined ? <Absent problem={problem} /> : <Story incident={known} />}
    </>
  );
}

function Absent({ problem }: { problem: ApiError | undefined }): VNode {
  if (problem?.kind === 'absent') {
    return (
      <>
        <PageHeading text="There is no such incident" />
        <Notice title="Nobody knows of an incident with this id.">
          <p>
            <a href="/">Look it up in the list</a>, or check the address: an id looks like <code>3f2a9c41d07b-1</code>.
          </p>
        </Notice>
      </>
    );
  }
  return (
    <>
      <PageHeading text="Incident" />
      {problem === undefined ? <Loading what="the incident" /> : <Failure problem={problem} />}
    </>
  );
}

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
      <Timeline told={story.told} timeline={incident.timeline} />
    </>
  );
}
