import type { LogEvidence, LogRecord } from '../evidence.ts';
import { parseObject, readObject, readText } from '../fields.ts';
import { append, copyOf, findRecord, insertAfter, read, withReportId } from './forge.ts';
import type { Plant, Planted } from './plant.ts';

/** Of the reports of agents that know what they sent. */
const streamsOfLedgers = ({ ledgers }: LogEvidence): string[] =>
  ledgers.flatMap(({ agentId, reports }) => (reports === undefined ? [] : [`report-${agentId}`]));

/** The agent knows of one report more. */
const learnOf = (evidence: LogEvidence, agentId: string, reportId: string): LogEvidence => ({
  ...evidence,
  ledgers: evidence.ledgers.map((ledger) =>
    ledger.agentId === agentId ? { ...ledger, reports: [...(ledger.reports ?? []), { reportId, receipted: true }] } : ledger,
  ),
});

/** What nobody has read yet is in no incident. */
function appendUnread(evidence: LogEvidence, record: LogRecord): Planted {
  const planted = append(evidence, record);
  const checkpoints = new Map(planted.evidence.checkpoints).set('incidents', evidence.head.position);
  return { ...planted, evidence: { ...planted.evidence, checkpoints } };
}

/** Violations of the promise that each report is stored exactly once. */
export const REPORT_PLANTS: readonly Plant[] = [
  {
    name: 'a receipted report is missing',
    code: 'report-lost',
    plant(evidence) {
      // Taken out of the log it might be what a decision rests on, which is another violation.
      const ledger = evidence.ledgers.find(({ reports }) => reports !== undefined);
      if (ledger === undefined) throw new Error('no agent says what it reported');
      const reports = [...(ledger.reports ?? []), { reportId: 'receipted', receipted: true }];
      const ledgers = evidence.ledgers.map((other) => (other === ledger ? { ...ledger, reports } : other));
      return { evidence: { ...evidence, ledgers }, id: `${ledger.agentId}/receipted` };
    },
  },
  {
    name: 'a report is stored that nobody sent',
    code: 'report-invented',
    plant: (evidence) =>
      appendUnread(
        evidence,
        copyOf(findRecord(evidence, 'ErrorReported'), (data) => withReportId(data, 'never-sent')),
      ),
  },
  {
    name: 'a report is stored twice',
    code: 'report-doubled',
    plant: (evidence) => appendUnread(evidence, copyOf(findRecord(evidence, 'ErrorReported'))),
  },
  {
    name: 'a report is stored that can not be taken in',
    code: 'broken-report-stored',
    plant(evidence) {
      const reported = findRecord(evidence, 'ErrorReported', ({ stream }) => streamsOfLedgers(evidence).includes(stream));
      const reportId = readText(readObject(parseObject(reported.payload) ?? {}, 'error'), 'id');
      const ledgers = evidence.ledgers.map(({ reports, ...ledger }) =>
        reports === undefined
          ? ledger
          : {
              ...ledger,
              reports: reports.map((report) => (report.reportId === reportId ? { ...report, isBroken: true } : report)),
            },
      );
      return { evidence: { ...evidence, ledgers }, id: `${read(reported, 'agent_id')}/${reportId}` };
    },
  },
  {
    name: 'a report is in no incident',
    code: 'report-uncounted',
    plant(evidence) {
      const reported = findRecord(evidence, 'ErrorReported', ({ stream }) => streamsOfLedgers(evidence).includes(stream));
      const known = learnOf(evidence, read(reported, 'agent_id'), 'uncounted');
      const id = `${read(reported, 'fingerprint')} on ${read(reported, 'target')}`;
      const { evidence: planted } = append(
        known,
        copyOf(reported, (data) => withReportId(data, 'uncounted')),
      );
      return { evidence: planted, id };
    },
  },
  {
    name: 'an incident counts a report that nobody stored',
    code: 'report-uncounted',
    plant(evidence) {
      const opened = findRecord(evidence, 'IncidentOpened');
      const { stream } = opened;
      const last = evidence.records.findLast((record) => record.stream === stream && record.type === 'IncidentGrew') ?? opened;
      const { count = 1 } = parseObject(last.payload) ?? {};
      const grew = { ...copyOf(last, (data) => ({ ...data, added: 1, count: Number(count) + 1 })), type: 'IncidentGrew' };
      const id = `${read(opened, 'fingerprint')} on ${read(opened, 'target')}`;
      return { evidence: insertAfter(evidence, last, grew).evidence, id };
    },
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
  {
    name: 'a secret stands in a dead letter',
    code: 'secret-found',
    plant(evidence) {
      const secret = `planted-${crypto.randomUUID()}`;
      const told = { subject: 'subject', reason_code: 'not-json', reason: 'no JSON', original_sha256: 'ab' };
      const record = copyOf(findRecord(evidence, 'AgentRegistered'), () => ({ ...told, body: `{"password": "${secret}"` }));
      const options = { ...evidence.options, secrets: ['nowhere-at-all', secret] };
      return append({ ...evidence, options }, { ...record, stream: 'dead-letters', type: 'MessageDeadLettered' });
    },
  },
];
