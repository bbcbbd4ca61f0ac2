import { asRecorded, type Recorded } from '../platform/log/domain-event.ts';
import type { Projection, Row, RowOperation, Table } from '../platform/projections/projection.ts';
import type { IncidentEvent } from './incident.events.ts';

const incidents: Table = {
  name: 'incidents',
  kind: 'history',
  key: ['incident_id'],
  columns: {
    incident_id: 'text',
    episode: 'integer',
    fingerprint: 'text',
    service: 'text',
    error_type: 'text',
    symptom: 'text',
    severity: 'text',
    state: 'text',
    count: 'bigint',
    opened_at: 'timestamptz',
    changed_at: 'timestamptz',
    ended_at: 'timestamptz',
    fix_id: 'text',
    strategy: 'text',
    reason_code: 'text',
  },
  tally: { table: 'incident_counts', by: ['service', 'state'] },
};

/** So that nobody has to count all incidents to say how many there are. */
const incidentCounts: Table = {
  name: 'incident_counts',
  kind: 'current',
  key: ['service', 'state'],
  columns: { service: 'text', state: 'text', count: 'bigint' },
};

/** One row per incident, with every state it was in. */
export const incidentsProjection: Projection = {
  name: 'incidents',
  version: 1,
  isReadByDecisions: true,
  tables: [incidents, incidentCounts],
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
  const changedAt = { changed_at: event.recordedAt.toISOString() };
  const change = (values: Row): RowOperation => ({
    kind: 'update',
    table: incidents.name,
    key,
    values: { ...values, ...changedAt },
  });
  switch (event.type) {
    case 'IncidentOpened': {
      const { episode, fingerprint, target, error_type, severity, opened_at, evidence } = event.data;
      const what = { episode, fingerprint, service: target, error_type, symptom: evidence.symptom, severity };
      const values = { ...what, opened_at, state: 'open', count: 1, ...changedAt };
      return { kind: 'upsert', table: incidents.name, key, values };
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
