import type { JsonObject } from '#libs/contracts';
import { readNumber, readText } from '../fields.ts';
import { change, findLoneCommand, findRecord, read } from './forge.ts';
import { changeInputs } from './guard-plants.ts';
import type { Plant } from './plant.ts';

const HOUR_MS = 3_600_000;

const ahead = (data: JsonObject, name: string): JsonObject => ({
  ...data,
  [name]: new Date(Date.parse(readText(data, name)) + HOUR_MS).toISOString(),
});

/** Times that come from a clock that nobody may go by. */
export const CLOCK_PLANTS: readonly Plant[] = [
  {
    name: 'a report was seen by a clock that is an hour ahead',
    code: 'foreign-clock',
    plant(evidence) {
      const reported = findRecord(evidence, 'ErrorReported');
      return { evidence: change(evidence, reported, (data) => ahead(data, 'observed_at')), position: reported.position };
    },
  },
  {
    name: 'a decision was taken by a clock that is an hour behind',
    code: 'foreign-clock',
    plant(evidence) {
      const { evidence: planted } = changeInputs(evidence, (inputs) => ({
        ...inputs,
        now_ms: readNumber(inputs, 'now_ms') - HOUR_MS,
      }));
      const decisionId = read(findLoneCommand(evidence), 'decision_event_id');
      return { evidence: planted, id: decisionId };
    },
  },
  {
    name: 'a timer fires an hour before it is due',
    code: 'illegal-fix-move',
    plant(evidence) {
      const fired = findRecord(evidence, 'TimerFired');
      const set = findRecord(
        evidence,
        'TimerSet',
        (record) => record.stream === fired.stream && read(record, 'name') === read(fired, 'name'),
      );
      return { evidence: change(evidence, set, (data) => ahead(data, 'due_at')), position: fired.position };
    },
  },
];
