import type { JsonObject } from '#libs/contracts';
import type { LogEvidence, LogRecord } from '../evidence.ts';
import { parseObject, readObjects, readText } from '../fields.ts';
import { copyOf, findRecord, forge, renumber, withData } from './forge.ts';
import type { Plant, Planted } from './plant.ts';

const read = (record: LogRecord, name: string): string => readText(parseObject(record.payload) ?? {}, name);

const append = (evidence: LogEvidence, record: LogRecord): Planted => ({
  evidence: forge(evidence, renumber([...evidence.records, record])),
  position: evidence.records.length + 1,
});

const change = (evidence: LogEvidence, which: LogRecord, how: (data: JsonObject) => JsonObject): LogEvidence =>
  forge(
    evidence,
    evidence.records.map((record) => (record === which ? withData(record, how) : record)),
  );

const lastProbeOf = (evidence: LogEvidence, fixId: string): LogRecord => {
  const probes = evidence.records.filter((record) => record.type === 'ProbeObserved' && read(record, 'fix_id') === fixId);
  return probes.at(-1) ?? findRecord(evidence, 'ProbeObserved');
};

/** Violations of what fixes and incidents may do. */
export const HEALING_PLANTS: readonly Plant[] = [
  {
    name: 'something happens to a fix that has ended',
    code: 'illegal-fix-move',
    plant(evidence) {
      const healed = findRecord(evidence, 'FixHealed');
      const executed = findRecord(evidence, 'FixExecuted', ({ stream }) => stream === healed.stream);
      return { ...append(evidence, copyOf(executed)), id: healed.stream };
    },
  },
  {
    name: 'a timer fires in a generation that was not set',
    code: 'illegal-fix-move',
    plant(evidence) {
      const fired = findRecord(evidence, 'TimerFired');
      return { evidence: change(evidence, fired, (data) => ({ ...data, generation: 99 })), position: fired.position };
    },
  },
  {
    name: 'a probe is observed while nothing is verified',
    code: 'illegal-fix-move',
    plant(evidence) {
      const commanded = findRecord(evidence, 'FixCommanded');
      const probe = findRecord(evidence, 'ProbeObserved', ({ stream }) => stream === commanded.stream);
      const records = renumber(evidence.records.toSpliced(evidence.records.indexOf(commanded) + 1, 0, copyOf(probe)));
      return { evidence: forge(evidence, records), position: commanded.position + 1, id: commanded.stream };
    },
  },
  {
    name: 'an incident is resolved twice',
    code: 'illegal-incident-move',
    plant: (evidence) => append(evidence, copyOf(findRecord(evidence, 'IncidentResolved'))),
  },
  {
    name: 'a fix is found good although its last probe failed',
    code: 'resolved-without-verification',
    plant(evidence) {
      const verdict = findRecord(evidence, 'VerdictReached', (record) => read(record, 'verdict') === 'verified');
      const probe = lastProbeOf(evidence, read(verdict, 'fix_id'));
      return { evidence: change(evidence, probe, (data) => ({ ...data, ok: false })), position: verdict.position };
    },
  },
  {
    name: 'an incident is resolved by a fix that was never verified',
    code: 'resolved-without-verification',
    plant(evidence) {
      const resolved = findRecord(evidence, 'IncidentResolved');
      return { evidence: change(evidence, resolved, (data) => ({ ...data, fix_id: 'another' })), position: resolved.position };
    },
  },
  {
    name: 'a command goes out against the word of a guard',
    code: 'command-without-decision',
    plant(evidence) {
      const decision = findRecord(evidence, 'DecisionMade', (record) => read(record, 'verdict') === 'act');
      const command = findRecord(evidence, 'FixCommanded', (record) => read(record, 'decision_event_id') === decision.id);
      const deny = (data: JsonObject): JsonObject => ({
        ...data,
        guards: readObjects(data, 'guards').map((word) => ({ ...word, verdict: 'deny' })),
      });
      return { evidence: change(evidence, decision, deny), position: command.position, id: read(command, 'command_id') };
    },
  },
  {
    name: 'a second fix takes a target that is held',
    code: 'two-live-fixes',
    plant(evidence) {
      const reserved = findRecord(evidence, 'SlotReserved');
      const second = copyOf(reserved, (data) => ({ ...data, fix_id: 'another', command_id: 'another.1' }));
      const records = renumber(evidence.records.toSpliced(evidence.records.indexOf(reserved) + 1, 0, second));
      return { evidence: forge(evidence, records), position: reserved.position + 1, id: 'another' };
    },
  },
  {
    name: 'a command reserves nothing',
    code: 'command-without-slot',
    plant(evidence) {
      const reserved = findRecord(evidence, 'SlotReserved');
      const records = renumber(evidence.records.filter((record) => record !== reserved));
      return { evidence: forge(evidence, records), id: read(reserved, 'command_id') };
    },
  },
  {
    name: 'a fix that has ended keeps its target',
    code: 'slot-kept',
    plant(evidence) {
      const released = findRecord(evidence, 'SlotReleased');
      const lastOfTarget = evidence.records.findLast(({ type, stream }) => type === 'SlotReleased' && stream === released.stream);
      const records = renumber(evidence.records.filter((record) => record !== lastOfTarget));
      return { evidence: forge(evidence, records), id: read(released, 'target') };
    },
  },
  {
    name: 'a fix is left under way',
    code: 'open-saga',
    plant(evidence) {
      const observed = copyOf(findRecord(evidence, 'FixObserved'), (data) => ({ ...data, fix_id: 'left' }));
      const quiet = { ...evidence, options: { ...evidence.options, quiescent: true } };
      return { ...append(quiet, { ...observed, stream: 'fix-left' }), id: 'fix-left' };
    },
  },
];
