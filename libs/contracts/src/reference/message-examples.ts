import type { JsonObject } from '../json.ts';

/** One service that ended, healed by one restart: an example of every message, all of the same story. */
const AGENT = 'memory-agent';
const COMMAND = '3f2a9c41d07b-1-1.1';
const REPORT = '01900000-0000-7000-8000-000000000001';

const KEY = '21fe31dfa154a261';

export const REPORT_EXAMPLE: JsonObject = {
  v: 1,
  agent_id: AGENT,
  release: '2026.11.1',
  items: [
    {
      error: {
        id: REPORT,
        timestamp: '2026-11-20T08:15:00.120Z',
        source: 'backend-memory',
        type: 'health',
        severity: 'critical',
        data: {
          check: 'http',
          reason: 'exited',
          signal: 'SIGKILL',
          consecutive_failures: 0,
          message: 'the process ended by SIGKILL',
          pid: 4711,
        },
        context: { instance: 'host-1', boot_id: '01900000-0000-4000-8000-0000000000b0' },
      },
    },
  ],
};

export const RESULT_EXAMPLE: JsonObject = {
  v: 1,
  agent_id: AGENT,
  command_id: COMMAND,
  phase: 'succeeded',
  duration_ms: 840,
  evidence: { before: { state: 'exited', signal: 'SIGKILL' }, last_log_lines: ['memory listens on port 4100'] },
  fix: { strategy: 'restart', auto_applied: true, success: true, rollback_available: false },
};

export const HEARTBEAT_EXAMPLE: JsonObject = {
  v: 1,
  agent_id: AGENT,
  boot_id: '01900000-0000-4000-8000-0000000000b0',
  sequence: 42,
  interval_ms: 10_000,
  services: [{ service_id: 'memory', state: 'healthy', since_ms: 60_000, consecutive_failures: 0, pid: 4712 }],
};

export const METRIC_EXAMPLE: JsonObject = {
  v: 1,
  agent_id: AGENT,
  samples: [{ service_id: 'memory', name: 'check_duration_ms', value: 3.2 }],
};

export const COMMAND_EXAMPLE: JsonObject = {
  v: 1,
  command_id: COMMAND,
  key_id: KEY,
  agent_id: AGENT,
  target: { service_id: 'memory' },
  strategy: 'restart/service',
  parameters: { drain_deadline_ms: 10_000, readiness_deadline_ms: 30_000 },
  fence: { log_id: '01900000-0000-4000-8000-000000000010', position: '1234' },
  issued_at: '2026-11-20T08:15:00.300Z',
  expires_at: '2026-11-20T08:15:30.300Z',
  decision_event_id: '01900000-0000-7000-8000-000000000020',
  approvals: [],
};

export const CONTROL_EXAMPLE: JsonObject = {
  v: 1,
  key_id: KEY,
  state: 'running',
  stopped_services: ['billing'],
  stopped_strategies: [],
  log_id: '01900000-0000-4000-8000-000000000010',
  version: 0,
  sequence: 1_795_161_300_000,
  issued_at: '2026-11-20T08:15:00.000Z',
};

export const RECEIPT_EXAMPLE: JsonObject = {
  v: 1,
  kind: 'report',
  ids: [REPORT],
  rejected: [
    {
      id: '01900000-0000-7000-8000-000000000002',
      reason_code: 'invalid-report',
      reason: '/error/severity must be equal to one of the allowed values',
    },
  ],
};

export const FEED_EXAMPLE: JsonObject = {
  position: '42',
  event_id: '01900000-0000-7000-8000-000000000002',
  stream: `report-${AGENT}`,
  version: 7,
  type: 'ErrorReported',
  schema_version: 1,
  recorded_at: '2026-11-20T08:15:00.180Z',
  data: { error: { id: REPORT, source: 'backend-memory', type: 'health', severity: 'critical' } },
  metadata: { actor: AGENT },
};
