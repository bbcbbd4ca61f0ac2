import type { LogRecord } from '../evidence.ts';
import { copyOf, findRecord, forge, renumber, withData } from './forge.ts';
import type { Plant } from './plant.ts';

const later = (records: readonly LogRecord[], from: number, by: number): LogRecord[] =>
  records.map((record) => (record.position < from ? record : { ...record, position: record.position + by }));

/** Violations of the log's own order. */
export const LOG_PLANTS: readonly Plant[] = [
  {
    name: 'a position is left out',
    code: 'position-gap',
    plant(evidence) {
      const { position } = findRecord(evidence, 'FixGuarded');
      return { evidence: forge(evidence, later(evidence.records, position, 1)), position };
    },
  },
  {
    name: 'two events have one position',
    code: 'position-order',
    plant(evidence) {
      const { position } = findRecord(evidence, 'FixGuarded');
      const records = later(evidence.records, position, -1);
      const first = records.find((record) => record.position === position - 1);
      const together = records.map((record) =>
        record.position === position - 1 ? { ...record, recordedAtMs: first?.recordedAtMs ?? 0 } : record,
      );
      return { evidence: forge(evidence, together), position: position - 1 };
    },
  },
  {
    name: 'a version of a stream is left out',
    code: 'version-gap',
    plant(evidence) {
      const { position, stream } = findRecord(evidence, 'FixHealed');
      const skip = (record: LogRecord): LogRecord =>
        record.stream === stream && record.position >= position ? { ...record, version: record.version + 1 } : record;
      return { evidence: forge(evidence, evidence.records.map(skip)), position, id: stream };
    },
  },
  {
    name: 'an event was recorded before the one before it',
    code: 'time-order',
    plant(evidence) {
      const { position } = findRecord(evidence, 'FixCommanded');
      const back = (record: LogRecord): LogRecord =>
        record.position === position ? { ...record, recordedAtMs: record.recordedAtMs - 1_000 } : record;
      return { evidence: forge(evidence, evidence.records.map(back)), position };
    },
  },
  {
    name: 'the time of a batch is moved, and that of its event',
    code: 'chain-broken',
    plant(evidence) {
      const row = evidence.chain[0];
      if (row === undefined) throw new Error('there is no batch');
      const earlier = { ...row, recordedAtUs: row.recordedAtUs - 1000 };
      const records = evidence.records.map((record) =>
        record.position <= row.lastPosition ? { ...record, recordedAtMs: record.recordedAtMs - 1 } : record,
      );
      return { evidence: { ...evidence, records, chain: evidence.chain.with(0, earlier) }, position: row.firstPosition };
    },
  },
  {
    name: 'the text of an event is changed',
    code: 'chain-broken',
    plant(evidence) {
      const { position } = findRecord(evidence, 'DecisionMade');
      const change = (record: LogRecord): LogRecord =>
        record.position === position ? withData(record, (data) => ({ ...data, rules_version: 'another' })) : record;
      return { evidence: { ...evidence, records: evidence.records.map(change) }, position };
    },
  },
  {
    name: 'a batch forgets the one before it',
    code: 'chain-broken',
    plant(evidence) {
      const row = evidence.chain[1];
      if (row === undefined) throw new Error('the chain has one batch only');
      const chain = evidence.chain.with(1, { ...row, previousHash: '00'.repeat(32) });
      return { evidence: { ...evidence, chain }, position: row.firstPosition };
    },
  },
  {
    name: 'a batch claims an event of the one before it',
    code: 'chain-broken',
    plant(evidence) {
      const row = evidence.chain[1];
      if (row === undefined) throw new Error('the chain has one batch only');
      const firstPosition = row.firstPosition - 1;
      return { evidence: { ...evidence, chain: evidence.chain.with(1, { ...row, firstPosition }) }, position: firstPosition };
    },
  },
  {
    name: 'an event holds no JSON',
    code: 'event-unreadable',
    plant(evidence) {
      const broken = { ...copyOf(findRecord(evidence, 'AgentRegistered')), payload: 'broken' };
      const records = renumber([...evidence.records, broken]);
      return { evidence: forge(evidence, records), position: records.length };
    },
  },
];
