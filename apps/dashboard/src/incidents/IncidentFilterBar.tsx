import { useLocation } from 'preact-iso';
import type { VNode } from 'preact';
import { type IncidentPage, plain } from '#libs/contracts';
import { addressOf, INCIDENT_STATES, type IncidentFilter } from '../lists/incident-filter.ts';
import { overview } from '../lists/overview.ts';

interface FilterProps {
  filter: IncidentFilter;
  counts: IncidentPage['counts'] | undefined;
}

export const IncidentFilterBar = ({ filter, counts }: FilterProps): VNode => (
  <div class="filter">
    <nav aria-label="Incidents by state">
      <ul class="chips">
        <Chip name="all" filter={filter} count={counts && Object.values(counts).reduce((a, b) => a + b, 0)} />
        {INCIDENT_STATES.map((state) => (
          <Chip key={state} name={state} state={state} filter={filter} count={counts?.[state]} />
        ))}
      </ul>
    </nav>
    <ServiceChoice filter={filter} />
  </div>
);

interface ChipProps {
  name: string;
  state?: string;
  filter: IncidentFilter;
  count: number | undefined;
}

const Chip = ({ name, state, filter: { state: chosen, service }, count }: ChipProps): VNode => (
  <li>
    <a class="chip" href={addressOf({ state, service })} aria-current={chosen === state ? 'true' : undefined}>
      {name} <span class="count">{count ?? ''}</span>
    </a>
  </li>
);

function ServiceChoice({ filter }: { filter: IncidentFilter }): VNode {
  const { route } = useLocation();
  const known = overview.value.value?.services.map(({ service_id: id }) => id) ?? [];
  const { service: chosen } = filter;
  const names = chosen === undefined || known.includes(chosen) ? known : [...known, chosen];
  return (
    <label class="choice">
      <span>Service</span>
      <select
        value={chosen ?? ''}
        onChange={({ currentTarget: { value } }) => route(addressOf({ state: filter.state, service: value || undefined }))}
      >
        <option value="">all</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {plain(name)}
          </option>
        ))}
      </select>
    </label>
  );
}
