import { asRecorded, type Recorded } from '../../platform/log/domain-event.ts';
import type { Projection, Row, RowOperation, Table } from '../../platform/projections/projection.ts';
import type { FixEvent } from './fix.events.ts';

type Step = Exclude<FixEvent, { type: 'ProbeObserved' | 'TimerSet' | 'TimerFired' | 'ApprovalGranted' | 'ApprovalRejected' }>;

const fixes: Table = {
  name: 'fixes',
  kind: 'history',
  key: ['fix_id'],
  columns: {
    fix_id: 'text',
    incident_id: 'text',
    fingerprint: 'text',
    service: 'text',
    agent_id: 'text',
    strategy: 'text',
    state: 'text',
    attempts: 'integer',
    command_id: 'text',
    decision_event_id: 'uuid',
    started_at: 'timestamptz',
    commanded_at: 'timestamptz',
    ended_at: 'timestamptz',
    reason_code: 'text',
    verdict: 'text',
    verdict_at: 'timestamptz',
    clean_probes: 'integer',
    required_clean: 'integer',
    revoked_at: 'timestamptz',
    revoked_by_incident: 'text',
    changed_at: 'timestamptz',
  },
};

/** One row per fix, with every state it was in; its verdict is what success is counted from. */
export const fixesProjection: Projection = {
  name: 'fixes',
  version: 1,
  isReadByDecisions: true,
  tables: [fixes],
  types: [
    'FixObserved',
    'FixGuarded',
    'ApprovalRequested',
    'FixCommanded',
    'FixAcknowledged',
    'FixExecuted',
    'FixAttemptFailed',
    'OutcomeUnknown',
    'VerificationStarted',
    'VerdictReached',
    'VerdictRevoked',
    'FixHealed',
    'FixEscalated',
    'FixAbandoned',
    'FixWithdrawn',
    'UndoBegun',
    'StepUndone',
    'FixUndone',
  ] satisfies Step['type'][],
  project: (stored) => asRecorded<Step>([stored]).map(toOperation),
};

function toOperation(event: Recorded<Step>): RowOperation {
  const at = event.recordedAt.toISOString();
  const key = { fix_id: event.data.fix_id };
  if (event.type !== 'FixObserved')
    return { kind: 'update', table: fixes.name, key, values: { ...computeValues(event, at), changed_at: at } };
  const { incident_id, fingerprint, target, agent_id, strategy, decision_event_id } = event.data;
  const what = { incident_id, fingerprint, service: target, agent_id, strategy, decision_event_id };
  return {
    kind: 'upsert',
    table: fixes.name,
    key,
    values: { ...what, state: 'observed', attempts: 0, started_at: at, changed_at: at },
  };
}

function computeValues(event: Exclude<Recorded<Step>, { type: 'FixObserved' }>, at: string): Row {
  switch (event.type) {
    case 'FixGuarded':
      return { state: 'guarded' };
    case 'ApprovalRequested':
      return { state: 'awaiting-approval' };
    case 'FixCommanded': {
      const { attempt, command_id, strategy, undoes } = event.data;
      if (undoes !== undefined) return { state: 'undoing', command_id, commanded_at: at };
      return { state: 'commanded', attempts: attempt, command_id, strategy, commanded_at: at };
    }
    case 'FixAcknowledged':
      return { state: 'acknowledged' };
    case 'FixExecuted':
      return { state: 'executed' };
    case 'FixAttemptFailed':
      return { state: 'attempt-failed', reason_code: event.data.reason_code };
    case 'OutcomeUnknown':
      return { state: 'outcome-unknown', reason_code: event.data.reason_code };
    case 'VerificationStarted':
      return { state: 'verifying', reason_code: event.data.because };
    case 'VerdictReached': {
      const { verdict, reason_code, clean_probes, required_clean } = event.data;
      return { verdict, verdict_at: at, reason_code, clean_probes, required_clean };
    }
    case 'VerdictRevoked':
      return { revoked_at: at, revoked_by_incident: event.data.because_incident_id ?? null };
    case 'UndoBegun':
      return { state: 'undoing', reason_code: event.data.reason_code, ended_at: null };
    case 'StepUndone':
      return { state: 'undoing' };
    case 'FixUndone':
      return { state: 'undone', ended_at: at };
    case 'FixHealed':
      return { state: 'healed', ended_at: at };
    case 'FixEscalated':
      return { state: 'escalated', ended_at: at, reason_code: event.data.reason_code };
    case 'FixAbandoned':
      return { state: 'abandoned', ended_at: at, reason_code: event.data.reason_code };
    case 'FixWithdrawn':
      return { state: 'withdrawn', ended_at: at, reason_code: event.data.reason_code };
  }
}
