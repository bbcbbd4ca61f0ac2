import { asRecorded, type Recorded } from '../platform/log/domain-event.ts';
import type { Projection, RowOperation } from '../platform/projections/projection.ts';
import type { CatalogueEvent } from './catalogue.events.ts';
import type { ServiceStateChanged } from './service-state.events.ts';

type ServiceEvent = Extract<CatalogueEvent, { type: `Service${string}` }> | ServiceStateChanged;

const TABLE = 'service_list';

/** One row per service: what is configured, and what its agent says of it. */
export const serviceListProjection: Projection = {
  name: 'service_list',
  types: ['ServiceRegistered', 'ServiceChanged', 'ServiceRetired', 'ServiceStateChanged'] satisfies ServiceEvent['type'][],
  project: (stored) => asRecorded<ServiceEvent>([stored]).map(toOperation),
};

function toOperation(event: Recorded<ServiceEvent>): RowOperation {
  switch (event.type) {
    case 'ServiceRegistered':
    case 'ServiceChanged': {
      const { id, probe_url, replicas, critical, autonomy, owner_agent, depends_on } = event.data;
      const values = { probe_url, replicas, critical, autonomy, owner_agent, depends_on: JSON.stringify(depends_on) };
      return { kind: 'upsert', table: TABLE, key: { service_id: id }, values };
    }
    case 'ServiceRetired':
      return { kind: 'delete', table: TABLE, key: { service_id: event.data.id } };
    case 'ServiceStateChanged': {
      const { service_id, to, pid } = event.data;
      const values = { state: to, since: event.recordedAt.toISOString(), pid: pid ?? null };
      return { kind: 'update', table: TABLE, key: { service_id }, values };
    }
  }
}
