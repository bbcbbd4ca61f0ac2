import type { JsonObject } from '#libs/contracts';
import type { LogEvidence, LogRecord } from '../evidence.ts';
import { parseObject, readNumber, readObject, readText } from '../fields.ts';
import { changeDecision } from './command-plants.ts';
import { change, copyOf, findLoneCommand, findRecord, forge, read } from './forge.ts';
import { changeInputs, changeService, findService, sayBefore, setting } from './guard-plants.ts';
import type { Plant, Planted } from './plant.ts';

const LONG_MS = 600_000;
const DATABASE = 'planted-database';

const findDecision = (evidence: LogEvidence): LogRecord =>
  findRecord(evidence, 'DecisionMade', ({ id }) => id === read(findLoneCommand(evidence), 'decision_event_id'));

/** The report that a command rests on. */
function findSighting(evidence: LogEvidence): LogRecord {
  const inputs = readObject(parseObject(findDecision(evidence).payload) ?? {}, 'inputs');
  const id = readText(readObject(inputs, 'evidence'), 'report_event_id');
  return findRecord(evidence, 'ErrorReported', (record) => record.id === id);
}

/** Changes what was reported; what is wrong shows at the command that rests on it. */
function changeSighting(evidence: LogEvidence, how: (data: JsonObject) => JsonObject): Planted {
  const command = findLoneCommand(evidence);
  const changed = change(evidence, findSighting(evidence), how);
  return { evidence: changed, position: command.position, id: read(command, 'command_id') };
}

/** It was seen earlier, by a clock that can be trusted. */
const seenEarlier =
  (ms: number) =>
  (data: JsonObject): JsonObject => ({
    ...data,
    age_ms: readNumber(data, 'age_ms') + ms,
    observed_at: new Date(Date.parse(readText(data, 'observed_at')) - ms).toISOString(),
  });

/** The target needs a service that somebody noted to have found up. */
function needDatabase(evidence: LogEvidence): LogEvidence {
  const needy = changeService(evidence, { depends_on: [DATABASE] }).evidence;
  const look = { id: DATABASE, state: 'healthy', probe: { ok: true } };
  return changeInputs(needy, (inputs) => ({ ...inputs, dependencies: [look] })).evidence;
}

/** What is known to the catalogue only since a moment ago may not have been counted. */
function configuredLongAgo(evidence: LogEvidence): LogEvidence {
  const { position } = findService(evidence, read(findLoneCommand(evidence), 'target'));
  const records = evidence.records.map((record) =>
    record.position <= position ? { ...record, recordedAtMs: record.recordedAtMs - LONG_MS } : record,
  );
  return forge(evidence, records);
}

/** Violations of guards that swore none of it: the log itself tells otherwise. */
export const REPLAY_PLANTS: readonly Plant[] = [
  {
    name: 'a service is restarted on the word of a page',
    code: 'guard-breached',
    plant: (evidence) => changeSighting(evidence, (data) => ({ ...data, agent_class: 'browser' })),
  },
  {
    name: 'a service is restarted after one failed check',
    code: 'guard-breached',
    plant: (evidence) =>
      changeSighting(evidence, (data) => {
        const error = readObject(data, 'error');
        const found = { ...readObject(error, 'data'), reason: 'status-500', consecutive_failures: 1 };
        return { ...data, error: { ...error, data: found } };
      }),
  },
  {
    name: 'a service is restarted because of what was seen ten minutes ago',
    code: 'guard-breached',
    plant: (evidence) => changeSighting(evidence, seenEarlier(LONG_MS)),
  },
  {
    name: 'a service is restarted that its agent has called healthy since',
    code: 'guard-breached',
    plant(evidence) {
      const earlier = changeSighting(evidence, seenEarlier(20_000)).evidence;
      const target = read(findLoneCommand(evidence), 'target');
      const data = { service_id: target, from: 'stopped', to: 'healthy', agent_id: 'agent', reason_code: 'heartbeat' };
      return sayBefore(earlier, { stream: `service-${target}`, type: 'ServiceStateChanged', data });
    },
  },
  {
    name: 'a decision rests on another report than its incident was shown by',
    code: 'guard-breached',
    plant(evidence) {
      const { id } = findSighting(evidence);
      const other = copyOf(findSighting(evidence));
      const shown = evidence.records.filter(({ stream, payload }) => stream.startsWith('incident-') && payload.includes(id));
      const renamed = shown.reduce((changed, record) => {
        const at = findRecord(changed, record.type, (same) => same.id === record.id);
        return change(changed, at, (data) => ({
          ...data,
          evidence: { ...readObject(data, 'evidence'), report_event_id: other.id },
        }));
      }, evidence);
      const command = findLoneCommand(evidence);
      return { evidence: renamed, position: command.position, id: read(command, 'command_id') };
    },
  },
  {
    name: 'a decision rests on read models that are a minute behind',
    code: 'guard-breached',
    plant: (evidence) => changeInputs(evidence, (inputs) => ({ ...inputs, read_model_lag_ms: 60_000 })),
  },
  {
    name: 'a service is restarted while a storm is on',
    code: 'guard-breached',
    plant(evidence) {
      const opened = findRecord(
        evidence,
        'IncidentOpened',
        (record) => read(record, 'incident_id') === read(findDecision(evidence), 'incident_id'),
      );
      const symptom = readText(readObject(parseObject(opened.payload) ?? {}, 'evidence'), 'symptom');
      const data = { symptom, failing_targets: 5, all_targets: 5, window_ms: 60_000 };
      return sayBefore(evidence, { stream: 'storm', type: 'StormDetected', data });
    },
  },
  {
    name: 'a service is restarted in a storm that nobody told',
    code: 'guard-breached',
    plant(evidence) {
      const before = String(findDecision(evidence).position);
      const decided = changeDecision(configuredLongAgo(evidence), (data) => ({ ...data, read_position: before }));
      return sayBefore(decided.evidence, setting('global', { storm_share: 0, storm_min_targets: 1 }));
    },
  },
  {
    name: 'a service is restarted although what it needs was never called healthy',
    code: 'guard-breached',
    plant(evidence) {
      const { position } = findLoneCommand(evidence);
      return { evidence: needDatabase(evidence), position };
    },
  },
  {
    name: 'a service that persons have to be asked about is restarted with approvals that nobody gave',
    code: 'guard-breached',
    plant(evidence) {
      const approvals = [{ actor: 'person:planted', role: 'sre', approved_at: new Date(evidence.readAtMs).toISOString() }];
      const approved = change(evidence, findLoneCommand(evidence), (data) => ({ ...data, approvals }));
      return changeService(approved, { autonomy: 'ask' });
    },
  },
];
