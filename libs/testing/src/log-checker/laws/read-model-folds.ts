import type { TableRow } from '../evidence.ts';
import { readNumber, readObject, readText } from '../fields.ts';
import { decisionsFold, fixesFold } from './fix-folds.ts';
import type { ReadModelFold } from './read-model.ts';
import { fixSuccessFold } from './success-fold.ts';

const change = (rows: Map<string, TableRow>, key: string, values: TableRow): void => {
  const row = rows.get(key);
  if (row !== undefined) rows.set(key, { ...row, ...values });
};

const incidentsFold: ReadModelFold = {
  name: 'incidents',
  columns: [
    'state',
    'count',
    'episode',
    'service',
    'fingerprint',
    'error_type',
    'symptom',
    'severity',
    'opened_at',
    'ended_at',
    'fix_id',
    'strategy',
    'reason_code',
  ],
  keyOf: (row) => String(row['incident_id']),
  apply(rows, { type, data, recordedAtMs }) {
    const key = readText(data, 'incident_id');
    switch (type) {
      case 'IncidentOpened': {
        const { episode, target: service, fingerprint, error_type, severity, opened_at } = data;
        const symptom = readText(readObject(data, 'evidence'), 'symptom');
        const what = { episode, service, fingerprint, error_type, severity, opened_at, symptom };
        rows.set(key, { incident_id: key, state: 'open', count: 1, ...what });
        return;
      }
      case 'IncidentGrew':
        return change(rows, key, { count: data['count'] });
      case 'IncidentHealing':
        return change(rows, key, { state: 'healing', fix_id: data['fix_id'], strategy: data['strategy'] });
      case 'IncidentReopened':
        return change(rows, key, { state: 'open' });
      case 'IncidentMitigated':
        return change(rows, key, { state: 'mitigated' });
      case 'IncidentResolved':
        return change(rows, key, { state: 'resolved', ended_at: new Date(recordedAtMs).toISOString() });
      case 'IncidentEscalated':
        return change(rows, key, { state: 'escalated', reason_code: data['reason_code'] });
    }
  },
};

const servicesFold: ReadModelFold = {
  name: 'services',
  columns: ['state', 'pid', 'probe_url', 'replicas', 'critical', 'autonomy', 'owner_agent', 'depends_on'],
  keyOf: (row) => String(row['service_id']),
  apply(rows, { type, data }) {
    switch (type) {
      case 'ServiceRegistered':
      case 'ServiceChanged': {
        const { probe_url, replicas, critical, autonomy, owner_agent, depends_on } = data;
        const configured = { probe_url, replicas, critical, autonomy, owner_agent, depends_on };
        const key = readText(data, 'id');
        rows.set(key, { service_id: key, state: 'unknown', ...rows.get(key), ...configured });
        return;
      }
      case 'ServiceRetired':
        rows.delete(readText(data, 'id'));
        return;
      case 'ServiceStateChanged':
        return change(rows, readText(data, 'service_id'), { state: data['to'], pid: data['pid'] });
    }
  },
};

const timerListFold: ReadModelFold = {
  name: 'fix_timers',
  columns: ['generation', 'due_at'],
  keyOf: (row) => `${String(row['fix_id'])}:${String(row['name'])}`,
  apply(rows, { type, data }) {
    const fixId = readText(data, 'fix_id');
    const name = readText(data, 'name');
    const key = `${fixId}:${name}`;
    switch (type) {
      case 'TimerSet':
        rows.set(key, { fix_id: fixId, name, generation: readNumber(data, 'generation'), due_at: data['due_at'] });
        return;
      case 'TimerFired':
        if (rows.get(key)?.['generation'] === readNumber(data, 'generation')) rows.delete(key);
        return;
      case 'FixHealed':
      case 'FixEscalated':
      case 'FixAbandoned':
      case 'FixWithdrawn':
      case 'FixUndone':
        for (const [other, row] of rows) if (row['fix_id'] === fixId) rows.delete(other);
    }
  },
};

export const READ_MODEL_FOLDS: readonly ReadModelFold[] = [
  incidentsFold,
  servicesFold,
  timerListFold,
  fixesFold,
  decisionsFold,
  fixSuccessFold,
];
