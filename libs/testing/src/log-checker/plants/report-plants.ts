import { append, copyOf, findRecord, withReportId } from './forge.ts';
import type { Plant } from './plant.ts';

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
