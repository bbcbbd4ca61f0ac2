import type { JsonObject } from '#libs/contracts';
import type { LogEvidence, LogRecord } from '../evidence.ts';
import { readObjects } from '../fields.ts';
import { change, copyOf, findLoneCommand, findRecord, forge, insertAfter, read, remove, renumber } from './forge.ts';
import type { Plant, Planted } from './plant.ts';

/** Changes the decision behind a command; what is wrong shows at the command. */
export function changeDecision(evidence: LogEvidence, how: (data: JsonObject) => JsonObject): Planted {
  const command = findLoneCommand(evidence);
  const decision = findRecord(evidence, 'DecisionMade', ({ id }) => id === read(command, 'decision_event_id'));
  return { evidence: change(evidence, decision, how), position: command.position, id: read(command, 'command_id') };
}

const changeWords = (evidence: LogEvidence, how: (words: JsonObject[]) => JsonObject[]): Planted =>
  changeDecision(evidence, (data) => ({ ...data, guards: how(readObjects(data, 'guards')) }));

/** The reservation for the first command. */
const findReservation = (evidence: LogEvidence): LogRecord => findRecord(evidence, 'SlotReserved');

/** Violations of what has to be decided and reserved before a command. */
export const COMMAND_PLANTS: readonly Plant[] = [
  {
    name: 'a command goes out against the word of a guard',
    code: 'command-without-decision',
    plant: (evidence) => changeWords(evidence, (words) => words.map((word) => ({ ...word, verdict: 'deny' }))),
  },
  {
    name: 'a command goes out on the word of one guard alone',
    code: 'command-without-decision',
    plant: (evidence) => changeWords(evidence, (words) => words.slice(-1)),
  },
  {
    name: 'the guards are asked in another order',
    code: 'command-without-decision',
    plant: (evidence) => changeWords(evidence, (words) => words.toReversed()),
  },
  {
    name: 'a command is for another strategy than the one that was chosen',
    code: 'command-without-decision',
    plant: (evidence) => changeDecision(evidence, (data) => ({ ...data, choice: 'restart/another' })),
  },
  {
    name: 'a command is of a fix that was begun for another incident',
    code: 'command-without-decision',
    plant(evidence) {
      const command = findLoneCommand(evidence);
      const observed = findRecord(evidence, 'FixObserved', ({ stream }) => stream === command.stream);
      const begun = change(evidence, observed, (data) => ({ ...data, incident_id: 'another' }));
      return { evidence: begun, position: command.position, id: read(command, 'command_id') };
    },
  },
  {
    name: 'a second fix takes a target that is held',
    code: 'two-live-fixes',
    plant(evidence) {
      const reserved = findReservation(evidence);
      const second = copyOf(reserved, (data) => ({ ...data, fix_id: 'another', command_id: 'another.1' }));
      return { ...insertAfter(evidence, reserved, second), id: 'another' };
    },
  },
  {
    name: 'a command reserves nothing',
    code: 'command-without-slot',
    plant(evidence) {
      const reserved = findReservation(evidence);
      return { evidence: remove(evidence, reserved), id: read(reserved, 'command_id') };
    },
  },
  {
    name: 'a command reserves its target where nobody looks',
    code: 'command-without-slot',
    plant(evidence) {
      const reserved = findReservation(evidence);
      const records = evidence.records.map((record) => (record === reserved ? { ...record, stream: 'slot-another' } : record));
      return { evidence: forge(evidence, renumber(records)), id: read(reserved, 'command_id') };
    },
  },
  {
    name: 'a fix that has ended keeps its place among the live ones',
    code: 'slot-kept',
    plant(evidence) {
      const released = findRecord(evidence, 'FleetSlotReleased');
      return { evidence: remove(evidence, released), id: read(released, 'fix_id') };
    },
  },
  {
    name: 'a fix that has ended keeps its target',
    code: 'slot-kept',
    plant(evidence) {
      const released = findRecord(evidence, 'SlotReleased');
      const lastOfTarget = evidence.records.findLast(({ type, stream }) => type === 'SlotReleased' && stream === released.stream);
      return { evidence: remove(evidence, lastOfTarget), id: read(released, 'target') };
    },
  },
];
