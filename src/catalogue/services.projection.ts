import { asRecorded, type Recorded } from '../platform/log/domain-event.ts';
import type { Projection, RowOperation, Table } from '../platform/projections/projection.ts';
import type { CatalogueEvent } from './catalogue.events.ts';
import type { ServiceStateChanged } from './service-state.events.ts';

type ServiceEvent = Extract<CatalogueEvent, { type: `Service${string}` }> | ServiceStateChanged;

const services: Table = {
  name: 'services',
  kind: 'history',
  key: ['service_id'],
  columns: {
    service_id: 'text',
    state: 'text',
    since: 'timestamptz',
    pid: 'integer',
    probe_url: 'text',
    replicas: 'integer',
    critical: 'boolean',
    autonomy: 'text',
    owner_agent: 'text',
    depends_on: 'json',
  },
};

/** One row per service: what is configured, and what its agent says of it. */
export const servicesProjection: Projection = {
  name: 'services',
  version: 1,
  tables: [services],
  types: ['ServiceRegistered', 'ServiceChanged', 'ServiceRetired', 'ServiceStateChanged'] satisfies ServiceEvent['type'][],
  project: (stored) => asRecorded<ServiceEvent>([stored]).map(toOperation),
};

function toOperation(event: Recorded<ServiceEvent>): RowOperation {
  const table = services.name;
  switch (event.type) {
    case 'ServiceRegistered':
    case 'ServiceChanged': {
      const { id, probe_url, replicas, critical, autonomy, owner_agent, depends_on } = event.data;
      const values = { probe_url, replicas, critical, autonomy, owner_agent, depends_on: JSON.stringify(depends_on) };
      return { kind: 'upsert', table, key: { service_id: id }, values, initial: { state: 'unknown' } };
    }
    case 'ServiceRetired':
      return { kind: 'delete', table, key: { service_id: event.data.id } };
    case 'ServiceStateChanged': {
      const { service_id, to, pid } = event.data;
      const values = { state: to, since: event.recordedAt.toISOString(), pid: pid ?? null };
      return { kind: 'update', table, key: { service_id }, values };
    }
  }
}
