import type { VNode } from 'preact';
import { IncidentSection } from '../incidents/IncidentSection.tsx';
import { readFilter } from '../lists/incident-filter.ts';
import { overview } from '../lists/overview.ts';
import { tellOverview } from '../lists/overview-words.ts';
import { ServiceSection } from '../services/ServiceSection.tsx';
import { StreamSection } from '../stream/StreamSection.tsx';
import { PageHeading } from './PageHeading.tsx';

export function StartPage({ query }: { query: Readonly<Record<string, string>> }): VNode {
  const known = overview.value.value;
  return (
    <>
      <PageHeading text={known === undefined ? 'Looking at the services' : tellOverview(known)} />
      <div class="start">
        <div>
          <ServiceSection />
          <IncidentSection filter={readFilter(query)} />
        </div>
        <StreamSection />
      </div>
    </>
  );
}
