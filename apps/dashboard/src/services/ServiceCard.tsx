import type { VNode } from 'preact';
import { plain, plural, type ServiceSummary, toneOfState } from '#libs/contracts';
import { incidentAddress } from '../lists/incident-filter.ts';
import { Icon } from '../parts/Icon.tsx';
import { StatePill } from '../parts/StatePill.tsx';
import { Ago } from '../time/Ago.tsx';
import { tellProcess } from './service-words.ts';

export function ServiceCard({ service, states }: { service: ServiceSummary; states: ReadonlyMap<string, string> }): VNode {
  const { service_id: id, state, since, live_fix: fix, latest_incident: latest } = service;
  return (
    <li class={`card service tone-${toneOfState(state)}`}>
      <div class="card-head">
        <h3>{plain(id)}</h3>
        <StatePill state={state} />
      </div>
      <dl class="facts">
        <div>
          <dt>since</dt>
          <dd>{since === null ? 'never heard of' : <Ago at={since} plain />}</dd>
        </div>
        <div>
          <dt>process</dt>
          <dd class="mono">{tellProcess(service)}</dd>
        </div>
        <div>
          <dt>depends on</dt>
          <dd>
            <Dependencies names={service.depends_on} states={states} />
          </dd>
        </div>
        <div>
          <dt>healing</dt>
          <dd title="what may be done to it without asking">
            {plain(service.autonomy)}
            {service.critical ? ', critical' : ''}
            {service.replicas > 1 ? `, ${plural(service.replicas, 'replica')}` : ''}
          </dd>
        </div>
      </dl>
      {fix !== null && (
        <a class="live-fix" href={incidentAddress(fix.incident_id)}>
          <Icon name="wrench" />
          <span>{plain(fix.strategy)} is under way</span>
        </a>
      )}
      <p class="card-foot">
        {latest === null ? (
          'no incident so far'
        ) : (
          <a href={incidentAddress(latest.incident_id)}>
            incident {plain(latest.state)}, opened <Ago at={latest.opened_at} />
          </a>
        )}
      </p>
    </li>
  );
}

function Dependencies({ names, states }: { names: readonly string[]; states: ReadonlyMap<string, string> }): VNode {
  if (names.length === 0) return <>nothing</>;
  return (
    <ul class="dependencies">
      {names.map((name) => {
        const state = states.get(name) ?? 'unknown';
        return (
          <li key={name} class={`tone-${toneOfState(state)}`}>
            {plain(name)}
            {state !== 'healthy' && ` (${plain(state)})`}
          </li>
        );
      })}
    </ul>
  );
}
