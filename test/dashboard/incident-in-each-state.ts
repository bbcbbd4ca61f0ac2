import type { DomainEvent } from '../../src/platform/log/domain-event.ts';
import type { Log } from '../../src/platform/log/log.ts';
import { logStreams } from '../../src/platform/log/stream-names.ts';
import { buildEvidence } from '../builders/incident-builder.ts';

export const STATES = ['open', 'healing', 'mitigated', 'resolved', 'escalated'] as const;
type State = (typeof STATES)[number];

export const KEYS: Record<State, string> = {
  open: '0000000000a1',
  healing: '0000000000a2',
  mitigated: '0000000000a3',
  resolved: '0000000000a4',
  escalated: '0000000000a5',
};

/** Puts an incident into the log with everything that its page shows, as it would be in this state. */
export async function writeIncident(log: Log, state: State): Promise<void> {
  const id = `${KEYS[state]}-1`;
  const fix = {
    fix_id: `${id}-1`,
    incident_id: id,
    strategy: 'restart/service',
    target: 'rag',
    agent_id: 'rag-agent',
    command_id: `c-${id}`,
  };
  await append(log, id, logStreams.incident(KEYS[state]), [opened(id, KEYS[state])]);
  await append(log, id, logStreams.decision(id), [decision(id)]);
  // A command makes it `healing`, whatever it was.
  if (state !== 'open' && state !== 'mitigated') await append(log, id, logStreams.fix(fix.fix_id), attempt(fix));
  await append(log, id, logStreams.incident(KEYS[state]), ending(id, state, fix.fix_id));
}

async function append(log: Log, incidentId: string, stream: string, events: readonly DomainEvent[]): Promise<void> {
  const key = `${incidentId} ${events[0]?.type ?? ''}`;
  if (events.length === 0) return;
  await log.append({ actor: 'healing', key, correlationId: incidentId, writes: [{ stream, expected: 'any', events }] });
}

const opened = (incidentId: string, key: string): DomainEvent => ({
  type: 'IncidentOpened',
  data: {
    incident_id: incidentId,
    episode: 2,
    fingerprint: `fp@1:${key}`,
    target: 'rag',
    error_type: 'health',
    severity: 'critical',
    opened_at: new Date(Date.now() - 90_000).toISOString(),
    evidence: buildEvidence(),
  },
});

const decision = (incidentId: string): DomainEvent => ({
  type: 'DecisionMade',
  data: {
    decision_id: `${incidentId}-d9`,
    incident_id: incidentId,
    target: 'rag',
    rule: 'service-down',
    verdict: 'act',
    choice: 'restart/service',
    reason_code: 'all-guards-allow',
    candidates: [
      { strategy: 'restart/service', allowed: true, reason_code: 'rule-allows' },
      { strategy: 'reload/page', allowed: false, reason_code: 'strategy-not-available' },
    ],
    guards: [
      { guard: 'fresh-evidence', verdict: 'allow', reason_code: 'ok' },
      { guard: 'action-rate', verdict: 'defer', reason_code: 'too-many-actions-in-an-hour' },
      { guard: 'autonomy', verdict: 'deny', reason_code: 'autonomy-is-off' },
    ],
  },
});

const attempt = (fix: { fix_id: string; command_id: string }): DomainEvent[] => [
  { type: 'FixCommanded', data: { ...fix, attempt: 1 } },
  {
    type: 'FixAttemptFailed',
    data: {
      ...fix,
      attempt: 1,
      reason_code: 'exited-early',
      detail: 'exit code 1',
      evidence: { last_log_lines_after: ['cannot read config'] },
    },
  },
  {
    type: 'VerificationStarted',
    data: { ...fix, required_clean: 6, probe_interval_ms: 1000, max_window_ms: 60_000, because: 'executed' },
  },
  { type: 'ProbeObserved', data: { ...fix, ok: true, clean_in_a_row: 1, reason_code: 'ok', latency_ms: 4 } },
  { type: 'ProbeObserved', data: { ...fix, ok: false, clean_in_a_row: 0, reason_code: 'probe:timeout', latency_ms: 900 } },
  { type: 'TimerSet', data: { ...fix, name: 'probe', generation: 1, due_at: '2026-01-01T00:00:00.000Z' } },
  {
    type: 'VerdictReached',
    data: { ...fix, verdict: 'inconclusive', reason_code: 'window-ended', clean_probes: 1, required_clean: 6 },
  },
];

function ending(incidentId: string, state: State, fixId: string): DomainEvent[] {
  const fix = { incident_id: incidentId, fix_id: fixId, strategy: 'restart/service' };
  switch (state) {
    case 'open':
      return [];
    case 'healing':
      return [{ type: 'IncidentHealing', data: fix }];
    case 'mitigated':
      return [{ type: 'IncidentMitigated', data: { incident_id: incidentId, claimed_by: 'rag-agent' } }];
    case 'resolved':
      return [{ type: 'IncidentResolved', data: { ...fix, duration_ms: 7400 } }];
    case 'escalated':
      return [{ type: 'IncidentEscalated', data: { ...fix, reason_code: 'attempts-exhausted' } }];
  }
}
