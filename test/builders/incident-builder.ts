import type { WireError } from '#libs/contracts';
import type { IncidentEvidence } from '../../src/incidents/incident.events.ts';
import type { IncidentCommand, RecordOccurrences } from '../../src/incidents/incident.commands.ts';
import { decideIncident } from '../../src/incidents/incident.decider.ts';
import { evolveIncident, INITIAL_INCIDENT, type IncidentEpisode, type IncidentState } from '../../src/incidents/incident.ts';
import type { ErrorReported } from '../../src/intake/intake.events.ts';

export const BEGIN_MS = Date.parse('2026-01-01T00:00:00.000Z');
export const KEY = 'abcdef012345';
const FINGERPRINT = 'fp@1:0123456789abcdef';

type Occurrence = RecordOccurrences['occurrences'][number];

export const buildEvidence = (parts: Partial<IncidentEvidence> = {}): IncidentEvidence => ({
  report_event_id: '01900000-0000-7000-8000-000000000001',
  report_position: '1',
  agent_id: 'memory-agent',
  agent_class: 'service',
  source: 'backend-memory',
  symptom: 'service-down',
  observed_at: new Date(BEGIN_MS).toISOString(),
  exited: true,
  consecutive_failures: 0,
  ...parts,
});

/** One report at a position, observed so many milliseconds after the beginning. */
export const buildOccurrence = (position: number, observedAfterMs = position): Occurrence => ({
  position,
  observedAtMs: BEGIN_MS + observedAfterMs,
  evidence: buildEvidence({ report_position: String(position), observed_at: new Date(BEGIN_MS + observedAfterMs).toISOString() }),
});

export const buildRecordOccurrences = (...occurrences: Occurrence[]): RecordOccurrences => ({
  type: 'RecordOccurrences',
  key: KEY,
  fingerprint: FINGERPRINT,
  target: 'memory',
  errorType: 'health',
  severity: 'critical',
  occurrences,
});

/** Decides and folds a sequence of commands; `at` is when the log takes their events in. */
export const applyIncidentCommands = (
  steps: readonly { command: IncidentCommand; at?: number }[],
  from: IncidentState = INITIAL_INCIDENT,
): IncidentState =>
  steps.reduce(
    (state, { command, at = 0 }) =>
      decideIncident(state, command).reduce((s, event) => evolveIncident(s, event, new Date(BEGIN_MS + at)), state),
    from,
  );

export const buildEpisode = (parts: Partial<IncidentEpisode> = {}): IncidentEpisode => ({
  incidentId: `${KEY}-1`,
  episode: 1,
  state: 'open',
  fingerprint: FINGERPRINT,
  target: 'memory',
  openedAt: new Date(BEGIN_MS).toISOString(),
  evidence: buildEvidence(),
  count: 1,
  throughPosition: 1,
  grewAtMs: BEGIN_MS,
  ...parts,
});

export const buildWireError = (parts: Partial<WireError> = {}): WireError => ({
  id: '01900000-0000-7000-8000-000000000001',
  timestamp: '2026-01-01T00:00:00.000Z',
  source: 'backend-memory',
  type: 'health',
  severity: 'critical',
  data: { check: 'http', reason: 'exited', consecutive_failures: 0, message: 'the process ended with code 1' },
  context: {},
  ...parts,
});

export const buildErrorReported = (parts: Partial<ErrorReported['data']> = {}): ErrorReported => ({
  type: 'ErrorReported',
  data: {
    agent_id: 'memory-agent',
    agent_class: 'service',
    error: buildWireError(),
    fingerprint: FINGERPRINT,
    target: 'memory',
    age_ms: 0,
    observed_at: new Date(BEGIN_MS).toISOString(),
    redacted_count: 0,
    ...parts,
  },
});
