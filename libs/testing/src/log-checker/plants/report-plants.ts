import type { JsonObject } from '#libs/contracts';
import type { LogEvidence, LogRecord } from '../evidence.ts';
import { parseObject, readObject, readText } from '../fields.ts';
import { copyOf, findRecord, forge, renumber } from './forge.ts';
import type { Plant, Planted } from './plant.ts';

const withReportId = (data: JsonObject, id: string): JsonObject => ({ ...data, error: { ...readObject(data, 'error'), id } });

function nameOf({ payload }: LogRecord): string {
  const data = parseObject(payload) ?? {};
  return `${readText(data, 'agent_id')}/${readText(readObject(data, 'error'), 'id')}`;
}

const append = (evidence: LogEvidence, record: LogRecord): Planted => ({
  evidence: forge(evidence, renumber([...evidence.records, record])),
  position: evidence.records.length + 1,
});

/** Violations of the promise that each report is stored exactly once. */
export const REPORT_PLANTS: readonly Plant[] = [
  {
    name: 'a receipted report is missing',
    code: 'report-lost',
    plant(evidence) {
      const lost = findRecord(evidence, 'ErrorReported');
      const records = renumber(evidence.records.filter((record) => record !== lost));
      return { evidence: forge(evidence, records), id: nameOf(lost) };
    },
  },
  {
    name: 'a report is stored that nobody sent',
    code: 'report-invented',
    plant: (evidence) =>
      append(
        evidence,
        copyOf(findRecord(evidence, 'ErrorReported'), (data) => withReportId(data, 'never-sent')),
      ),
  },
  {
    name: 'a report is stored twice',
    code: 'report-doubled',
    plant: (evidence) => append(evidence, copyOf(findRecord(evidence, 'ErrorReported'))),
  },
  {
    name: 'a dead letter tells no reason',
    code: 'dead-letter-without-reason',
    plant(evidence) {
      const data = { subject: 'subject', reason_code: 'not-json', reason: '', deliveries: 1, original_sha256: 'ab', body: '{' };
      const record = copyOf(findRecord(evidence, 'AgentRegistered'), () => data);
      return append(evidence, { ...record, stream: 'dead-letters', type: 'MessageDeadLettered' });
    },
  },
];
