import type { JsonObject } from '#libs/contracts';
import type { LogEvidence, LogRecord } from '../evidence.ts';
import { readObject } from '../fields.ts';
import { changeDecision } from './command-plants.ts';
import { change, copyOf, findLoneCommand, findRecord, forge, read, renumber, withData } from './forge.ts';
import type { Plant, Planted } from './plant.ts';

/** What the catalogue said of a service first. */
export const findService = (evidence: LogEvidence, id: string): LogRecord =>
  findRecord(evidence, 'ServiceRegistered', (record) => read(record, 'id') === id);

/** Changes what the catalogue had said of the target of a command, long before it. */
export function changeService(evidence: LogEvidence, how: JsonObject): Planted {
  const command = findLoneCommand(evidence);
  const target = read(command, 'target');
  const registered = findService(evidence, target);
  const changed = change(evidence, registered, (data) => ({ ...data, ...how }));
  return { evidence: changed, position: command.position, id: read(command, 'command_id') };
}

/** Changes what was looked at before a command. */
export const changeInputs = (evidence: LogEvidence, how: (inputs: JsonObject) => JsonObject): Planted =>
  changeDecision(evidence, (data) => ({ ...data, inputs: how(readObject(data, 'inputs')) }));

/** Changes the evidence that the decision behind a command rests on. */
const changeEvidence = (evidence: LogEvidence, how: JsonObject): Planted =>
  changeInputs(evidence, (inputs) => ({ ...inputs, evidence: { ...readObject(inputs, 'evidence'), ...how } }));

/** Has something said right before the decision behind a command, as if nobody had heard it. */
export function sayBefore(evidence: LogEvidence, said: Pick<LogRecord, 'stream' | 'type'> & { data: JsonObject }): Planted {
  const command = findLoneCommand(evidence);
  const decision = findRecord(evidence, 'DecisionMade', ({ id }) => id === read(command, 'decision_event_id'));
  const { stream, type, data } = said;
  const heard = withData({ ...copyOf(decision), stream, type, recordedAtMs: decision.recordedAtMs }, () => data);
  const index = evidence.records.indexOf(decision);
  const records = renumber(evidence.records.toSpliced(index, 0, heard));
  return { evidence: forge(evidence, records), position: command.position + 1 };
}

export const setting = (scope: string, settings: JsonObject): Pick<LogRecord, 'stream' | 'type'> & { data: JsonObject } => ({
  stream: 'policy',
  type: 'PolicyChanged',
  data: { scope, settings, source: 'person', reason: 'planted' },
});

/** Violations that every guard swore were none. */
export const GUARD_PLANTS: readonly Plant[] = [
  {
    name: 'a service that a person has to be asked about is restarted',
    code: 'guard-breached',
    plant: (evidence) => changeService(evidence, { autonomy: 'ask' }),
  },
  {
    name: 'a service that must never be touched is restarted',
    code: 'guard-breached',
    plant: (evidence) =>
      sayBefore(evidence, setting(`service:${read(findLoneCommand(evidence), 'target')}`, { never_touch: true })),
  },
  {
    name: 'a strategy that persons have to be asked about is used without them',
    code: 'guard-breached',
    plant: (evidence) => sayBefore(evidence, setting('strategy:restart/service', { autonomy: 'ask' })),
  },
  {
    name: 'a service is restarted during a freeze',
    code: 'guard-breached',
    plant: (evidence) =>
      sayBefore(evidence, {
        stream: 'policy',
        type: 'FreezeBegun',
        data: { freeze_id: 'f', scope: 'global', from: new Date(0).toISOString(), until: null, reason: 'planted' },
      }),
  },
  {
    name: 'one fix more is live than may be',
    code: 'guard-breached',
    plant: (evidence) => sayBefore(evidence, setting('global', { max_live_fixes: 0 })),
  },
  {
    name: 'one action more is begun than the hour allows the fleet',
    code: 'guard-breached',
    plant: (evidence) => sayBefore(evidence, setting('global', { max_fleet_actions_per_hour: 0 })),
  },
  {
    name: 'a command goes out after everything was stopped',
    code: 'command-after-stop',
    plant: (evidence) =>
      sayBefore(evidence, { stream: 'control', type: 'HealingStopped', data: { scope: 'global', reason: 'planted' } }),
  },
  {
    name: 'a service is restarted although nobody looked at what it needs',
    code: 'guard-breached',
    plant: (evidence) => changeService(evidence, { depends_on: ['database'] }),
  },
  {
    name: 'one of several replicas is restarted although nobody knows of the others',
    code: 'guard-breached',
    plant: (evidence) => changeService(evidence, { single_replica: false, replicas: 3 }),
  },
  {
    name: 'a service is restarted on the word of an agent that does not own it',
    code: 'guard-breached',
    plant: (evidence) => changeEvidence(evidence, { agent_id: 'another' }),
  },
  {
    name: 'a decision rests on a report that was never stored',
    code: 'guard-breached',
    plant: (evidence) => changeEvidence(evidence, { report_event_id: crypto.randomUUID() }),
  },
  {
    name: 'a service is acted on once more than an hour allows',
    code: 'guard-breached',
    plant: (evidence) =>
      sayBefore(evidence, setting(`service:${read(findLoneCommand(evidence), 'target')}`, { max_actions_per_hour: 0 })),
  },
];
