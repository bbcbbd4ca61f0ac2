import type { VNode } from 'preact';
import type { IncidentPage } from '#libs/contracts';
import { loadIncidents } from '../api/endpoints.ts';
import { addressOf, type IncidentFilter } from '../lists/incident-filter.ts';
import { concernsIncidents } from '../lists/relevance.ts';
import { useRefreshed } from '../lists/use-refreshed.ts';
import { Answer } from '../parts/Answer.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Notice } from '../parts/Notice.tsx';
import { IncidentFilterBar } from './IncidentFilterBar.tsx';
import { IncidentRow } from './IncidentRow.tsx';

const PAGE = 20;
const MIN_INTERVAL_MS = 300;

export function IncidentSection({ filter }: { filter: IncidentFilter }): VNode {
  const list = useRefreshed(addressOf(filter), {
    load: () => loadIncidents({ ...filter, limit: PAGE }),
    concerns: concernsIncidents,
    minIntervalMs: MIN_INTERVAL_MS,
  });
  return (
    <section aria-labelledby="incidents">
      <h2 id="incidents" tabIndex={-1}>
        Incidents
      </h2>
      <IncidentFilterBar filter={filter} counts={list.value.value?.counts} />
      <Answer of={list} what="the incidents">
        {(page) => <IncidentList page={page} filter={filter} />}
      </Answer>
    </section>
  );
}

function IncidentList({ page, filter }: { page: IncidentPage; filter: IncidentFilter }): VNode {
  const isFiltered = filter.state !== undefined || filter.service !== undefined;
  if (page.items.length === 0) return isFiltered ? <NothingFits /> : <NoIncidents />;
  return (
    <>
      <ol class="incidents">
        {page.items.map((incident) => (
          <IncidentRow key={incident.incident_id} incident={incident} />
        ))}
      </ol>
      <Pager filter={filter} next={page.next_cursor} />
    </>
  );
}

function Pager({ filter, next }: { filter: IncidentFilter; next: string | null }): VNode | null {
  if (next === null && filter.cursor === undefined) return null;
  return (
    <nav class="pager" aria-label="Pages of incidents">
      {filter.cursor !== undefined && (
        <a href={addressOf({ ...filter, cursor: undefined })}>
          <Icon name="left" /> newest
        </a>
      )}
      {next !== null && (
        <a class="older" href={addressOf({ ...filter, cursor: next })}>
          older <Icon name="right" />
        </a>
      )}
    </nav>
  );
}

const NoIncidents = (): VNode => (
  <Notice title="Nothing has broken so far.">
    <p>
      To see one being healed: <code>npm run break -- service-down --service rag</code>
    </p>
  </Notice>
);

const NothingFits = (): VNode => (
  <Notice title="No incident fits.">
    <p>
      <a href="/">Show all incidents</a>
    </p>
  </Notice>
);
