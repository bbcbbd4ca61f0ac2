import type { JsonObject } from '#libs/contracts';
import type { TableRow } from '../evidence.ts';
import { readText } from '../fields.ts';
import type { LogEvent } from '../law.ts';
import type { ReadModelFold } from './read-model.ts';

type Change = (data: JsonObject, at: string) => TableRow;

const become =
  (state: string, ...copied: readonly string[]): Change =>
  (data) => ({ state, ...copy(data, copied) });
const end =
  (state: string): Change =>
  (data, at) => ({ state, ended_at: at, ...copy(data, ['reason_code']) });
const copy = (data: JsonObject, names: readonly string[]): TableRow =>
  Object.fromEntries(names.flatMap((name) => (name in data ? [[name, data[name]]] : [])));

/** What each event makes of the row of its fix. */
const CHANGES: Readonly<Record<string, Change>> = {
  FixGuarded: become('guarded'),
  ApprovalRequested: become('awaiting-approval'),
  FixCommanded: (data, at) =>
    readText(data, 'undoes') === ''
      ? { state: 'commanded', attempts: data['attempt'], commanded_at: at, ...copy(data, ['command_id', 'strategy']) }
      : { state: 'undoing', commanded_at: at, ...copy(data, ['command_id']) },
  FixAcknowledged: become('acknowledged'),
  FixExecuted: become('executed'),
  FixAttemptFailed: become('attempt-failed', 'reason_code'),
  OutcomeUnknown: become('outcome-unknown', 'reason_code'),
  VerificationStarted: (data) => ({ state: 'verifying', reason_code: data['because'] }),
  VerdictReached: (data, at) => ({
    verdict_at: at,
    ...copy(data, ['verdict', 'reason_code', 'clean_probes', 'required_clean']),
  }),
  VerdictRevoked: (data, at) => ({ revoked_at: at, revoked_by_incident: data['because_incident_id'] ?? null }),
  UndoBegun: (data) => ({ state: 'undoing', ended_at: null, ...copy(data, ['reason_code']) }),
  StepUndone: become('undoing'),
  FixUndone: (_data, at) => ({ state: 'undone', ended_at: at }),
  FixHealed: (_data, at) => ({ state: 'healed', ended_at: at }),
  FixEscalated: end('escalated'),
  FixAbandoned: end('abandoned'),
  FixWithdrawn: end('withdrawn'),
};

export function applyToFixes(rows: Map<string, TableRow>, { type, data, recordedAtMs }: LogEvent): void {
  const key = readText(data, 'fix_id');
  const at = new Date(recordedAtMs).toISOString();
  if (type === 'FixObserved') {
    const what = copy(data, ['fix_id', 'incident_id', 'fingerprint', 'agent_id', 'strategy', 'decision_event_id']);
    rows.set(key, { ...what, service: data['target'], state: 'observed', attempts: 0, started_at: at });
    return;
  }
  const change = CHANGES[type];
  const row = rows.get(key);
  if (change && row) rows.set(key, { ...row, ...change(data, at) });
}

export const fixesFold: ReadModelFold = {
  name: 'fixes',
  columns: [
    'incident_id',
    'fingerprint',
    'service',
    'agent_id',
    'strategy',
    'state',
    'attempts',
    'command_id',
    'decision_event_id',
    'started_at',
    'commanded_at',
    'ended_at',
    'reason_code',
    'verdict',
    'verdict_at',
    'clean_probes',
    'required_clean',
    'revoked_at',
    'revoked_by_incident',
  ],
  keyOf: (row) => String(row['fix_id']),
  apply: applyToFixes,
};

export const decisionsFold: ReadModelFold = {
  name: 'decisions',
  columns: ['decision_id', 'incident_id', 'service', 'fingerprint', 'rule', 'choice', 'verdict', 'reason_code', 'read_position'],
  keyOf: (row) => String(row['position']),
  apply(rows, { type, data, position }) {
    if (type !== 'DecisionMade') return;
    const names = ['decision_id', 'incident_id', 'fingerprint', 'rule', 'choice', 'verdict', 'reason_code', 'read_position'];
    rows.set(String(position), { position, service: data['target'], ...copy(data, names) });
  },
};
