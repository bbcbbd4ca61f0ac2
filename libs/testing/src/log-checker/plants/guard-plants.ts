import type { JsonObject } from '#libs/contracts';
import type { LogEvidence } from '../evidence.ts';
import { readObject } from '../fields.ts';
import { changeDecision } from './command-plants.ts';
import { change, copyOf, findLoneCommand, findRecord, insertAfter, read } from './forge.ts';
import type { Plant, Planted } from './plant.ts';

/** Changes what the catalogue had said of the target of a command, long before it. */
function changeService(evidence: LogEvidence, how: JsonObject): Planted {
  const command = findLoneCommand(evidence);
  const target = read(command, 'target');
  const registered = findRecord(evidence, 'ServiceRegistered', (record) => read(record, 'id') === target);
  const changed = change(evidence, registered, (data) => ({ ...data, ...how }));
  return { evidence: changed, position: command.position, id: read(command, 'command_id') };
}

/** Changes the evidence that the decision behind a command rests on. */
const changeEvidence = (evidence: LogEvidence, how: JsonObject): Planted =>
  changeDecision(evidence, (data) => {
    const inputs = readObject(data, 'inputs');
    return { ...data, inputs: { ...inputs, evidence: { ...readObject(inputs, 'evidence'), ...how } } };
  });

const ACTIONS_PER_HOUR = 5;

/** Violations that every guard swore were none. */
export const GUARD_PLANTS: readonly Plant[] = [
  {
    name: 'a service that a person has to be asked about is restarted',
    code: 'guard-breached',
    plant: (evidence) => changeService(evidence, { autonomy: 'ask' }),
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
    plant(evidence) {
      const { position } = findLoneCommand(evidence);
      const reserved = findRecord(evidence, 'SlotReserved', (record) => record.position > position);
      const more = Array.from({ length: ACTIONS_PER_HOUR }, () => copyOf(reserved));
      return { ...insertAfter(evidence, reserved, ...more), id: read(reserved, 'target') };
    },
  },
];
