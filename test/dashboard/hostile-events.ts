import type { JsonObject } from '#libs/contracts';
import type { DomainEvent } from '../../src/platform/log/domain-event.ts';

type Template = (text: string) => DomainEvent;

const guards = (text: string): JsonObject[] => [
  { guard: text, verdict: 'deny', reason_code: text },
  { guard: text, verdict: text, reason_code: text },
];

/** Every kind of event that the page tells, with the text in each field that it shows. Those that start something are left to the lists. */
const TEMPLATES: readonly Template[] = [
  (t) => ({
    type: 'MessageDeadLettered',
    data: { subject: t, reason_code: t, reason: t, deliveries: 1, original_bytes: 1, body: t },
  }),
  (t) => ({
    type: 'DecisionMade',
    data: {
      target: t,
      rule: t,
      verdict: 'escalate',
      choice: t,
      reason_code: t,
      guards: guards(t),
      candidates: [{ strategy: t, allowed: false, reason_code: t }],
    },
  }),
  (t) => ({ type: 'FixGuarded', data: { fix_id: t, guards: guards(t) } }),
  (t) => ({ type: 'FixObserved', data: { fix_id: t, target: t, agent_id: t, strategy: t } }),
  (t) => ({ type: 'FixAcknowledged', data: { fix_id: t, command_id: t } }),
  (t) => ({ type: 'FixExecuted', data: { fix_id: t, command_id: t, evidence: { started_pid: t, [t]: t } } }),
  (t) => ({
    type: 'FixAttemptFailed',
    data: { fix_id: t, command_id: t, attempt: t, reason_code: t, detail: t, evidence: { last_log_lines_after: [t, t] } },
  }),
  (t) => ({ type: 'OutcomeUnknown', data: { fix_id: t, command_id: t, reason_code: t } }),
  (t) => ({ type: 'VerificationStarted', data: { fix_id: t, required_clean: t, because: t } }),
  (t) => ({ type: 'ProbeObserved', data: { fix_id: t, ok: false, clean_in_a_row: t, reason_code: t } }),
  (t) => ({ type: 'VerdictReached', data: { fix_id: t, verdict: t, clean_probes: t, required_clean: t, reason_code: t } }),
  (t) => ({ type: 'VerdictRevoked', data: { fix_id: t, revoked: t, because_incident_id: t } }),
  (t) => ({ type: 'FixHealed', data: { fix_id: t, strategy: t } }),
  (t) => ({ type: 'FixEscalated', data: { fix_id: t, strategy: t, reason_code: t } }),
  (t) => ({ type: 'TimerSet', data: { fix_id: t, name: t, generation: t, due_at: t } }),
  (t) => ({ type: 'SlotReserved', data: { target: t, fix_id: t } }),
  (t) => ({ type: 'AgentChanged', data: { id: t, class: t } }),
  (t) => ({ type: 'IncidentMitigated', data: { claimed_by: t } }),
  (t) => ({ type: 'IncidentReopened', data: { reason_code: t } }),
  (t) => ({ type: 'ResultReported', data: { agent_id: t, phase: t, reason_code: t, command_id: t, detail: t } }),
  (t) => ({
    type: 'ErrorReported',
    data: {
      agent_id: t,
      target: t,
      error: { type: t, severity: t, data: { status: t, method: t, url: t, message: t } },
      fix: { strategy: t },
    },
  }),
  (t) => ({
    type: 'ErrorReported',
    data: { agent_id: t, target: t, error: { type: 'health', data: { message: t, reason: 'exited', signal: t, pid: t } } },
  }),
  (t) => ({ type: 'ThingHappened', data: { [t]: t, list: [t] } }),
];

/** One event for each text. */
export const tellEach = (texts: readonly string[]): DomainEvent[] =>
  texts.map((text, index) => TEMPLATES[index % TEMPLATES.length]?.(text) ?? { type: 'ThingHappened', data: { text } });

/** An incident with another text in each field that the list and the head of its page show. */
export function incidentOf(incidentId: string, texts: readonly string[]): DomainEvent[] {
  const [target, fingerprint, type, severity, symptom, strategy, reason] = texts.map((text) => text.slice(0, 1000));
  return [
    {
      type: 'IncidentOpened',
      data: {
        incident_id: incidentId,
        episode: 2,
        fingerprint: fingerprint ?? '',
        target: target ?? '',
        error_type: type ?? '',
        severity: severity ?? '',
        opened_at: '2026-01-01T00:00:00.000Z',
        evidence: { symptom: symptom ?? '', agent_id: target ?? '' },
      },
    },
    { type: 'IncidentHealing', data: { incident_id: incidentId, fix_id: strategy ?? '', strategy: strategy ?? '' } },
    ...(reason === undefined ? [] : [{ type: 'IncidentEscalated', data: { incident_id: incidentId, reason_code: reason } }]),
  ];
}
export const TEXTS_OF_INCIDENT = 7;

/** A service with another text in each field that its card shows. */
export function serviceOf(id: string, texts: readonly string[]): DomainEvent[] {
  const [autonomy = '', state = '', first = '', second = ''] = texts;
  return [
    {
      type: 'ServiceRegistered',
      data: { id, probe_url: first, replicas: 2, critical: true, depends_on: [first, second, id], owner_agent: second, autonomy },
    },
    { type: 'ServiceStateChanged', data: { service_id: id, from: first, to: state, agent_id: second, reason_code: first } },
  ];
}
export const TEXTS_OF_SERVICE = 5;
