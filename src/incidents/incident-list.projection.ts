import { asRecorded, type Recorded } from '../platform/log/domain-event.ts';
import type { Projection, Row, RowOperation } from '../platform/projections/projection.ts';
import type { IncidentEvent } from './incident.events.ts';

const TABLE = 'incident_list';

/** One row per incident, as it is now. */
export const incidentListProjection: Projection = {
  name: 'incident_list',
  types: [
    'IncidentOpened',
    'IncidentGrew',
    'IncidentHealing',
    'IncidentMitigated',
    'IncidentReopened',
    'IncidentResolved',
    'IncidentEscalated',
  ] satisfies IncidentEvent['type'][],
  project: (stored) => asRecorded<IncidentEvent>([stored]).map(toOperation),
};

function toOperation(event: Recorded<IncidentEvent>): RowOperation {
  const key = { incident_id: event.data.incident_id };
  const seen = { changed_at: event.recordedAt.toISOString(), position: event.position };
  const change = (values: Row): RowOperation => ({ kind: 'update', table: TABLE, key, values: { ...values, ...seen } });
  switch (event.type) {
    case 'IncidentOpened': {
      const { episode, fingerprint, target, error_type, severity, opened_at, evidence } = event.data;
      const what = { fingerprint, target, error_type, symptom: evidence.symptom, severity };
      const values = { episode, ...what, opened_at, state: 'open', count: 1, ...seen };
      return { kind: 'upsert', table: TABLE, key, values };
    }
    case 'IncidentGrew':
      return change({ count: event.data.count });
    case 'IncidentHealing':
      return change({ state: 'healing', fix_id: event.data.fix_id, strategy: event.data.strategy });
    case 'IncidentMitigated':
      return change({ state: 'mitigated' });
    case 'IncidentReopened':
      return change({ state: 'open' });
    case 'IncidentResolved':
      return change({ state: 'resolved', ended_at: event.recordedAt.toISOString() });
    case 'IncidentEscalated':
      return change({ state: 'escalated', reason_code: event.data.reason_code });
  }
}
