import type { Heartbeat, Metric, MessageKind, Report, ReportEnvelope, Result, WireError } from '#libs/contracts';
import type { Random } from '#libs/testing';

const SOURCES = ['frontend', 'backend-rag', 'backend-memory', 'backend-database', 'backend-gateway'];
const AT = '2026-01-01T00:00:00.000Z';

/** The faults that the protocol knows, with what their types look at. */
const FAULTS: readonly ((random: Random) => Pick<WireError, 'type' | 'data'>)[] = [
  (random) => ({
    type: 'health',
    data: { check: 'http', reason: 'failing', consecutive_failures: random.below(5), message: 'answered 500', pid: 4711 },
  }),
  (random) => ({ type: 'network', data: { status: random.pick([404, 500, 502, 503]), url: '/api/answers', message: 'failed' } }),
  (random) => ({
    type: 'js-error',
    data: {
      message: `undefined is not a function at ${random.below(10_000)}`,
      exception_type: 'TypeError',
      frames: [{ module: 'app/cart', function: 'add', context_line: 'cart.add(item)', in_app: true }],
    },
  }),
  (random) => ({ type: 'performance', data: { metric: 'heap_floor_bytes', value: random.below(1e9) } }),
];

export function createReport(random: Random): Report {
  const { type, data } = random.pick(FAULTS)(random);
  const error: WireError = {
    id: random.uuid(),
    timestamp: AT,
    source: random.pick(SOURCES),
    type,
    severity: random.pick(['low', 'medium', 'high', 'critical'] as const),
    data,
    context: { instance: 'one', path: '/cart' },
  };
  if (random.chance(0.7)) return { error };
  return { error, fix: { strategy: 'retry', auto_applied: true, success: random.chance(0.5), rollback_available: false } };
}

function createEnvelope(random: Random, agentId: string): ReportEnvelope {
  const count = random.chance(0.9) ? 1 : 1 + random.below(20);
  const items = Array.from({ length: count }, () => createReport(random));
  return { v: 1, agent_id: agentId, release: 'shop@1.2.3', session_id: 's-1', items };
}

const createResult = (random: Random, agentId: string): Result => ({
  v: 1,
  agent_id: agentId,
  command_id: random.uuid(),
  phase: random.pick(['acknowledged', 'succeeded', 'failed', 'refused', 'outcome_unknown'] as const),
  reason_code: 'exited-early',
  detail: 'the process ended',
  duration_ms: random.below(60_000),
  evidence: { before: 'running', last_log_lines: ['one', 'two'] },
  fix: { strategy: 'restart', auto_applied: true, success: true, rollback_available: false },
});

const createHeartbeat = (random: Random, agentId: string): Heartbeat => ({
  v: 1,
  agent_id: agentId,
  boot_id: random.uuid(),
  sequence: random.below(1e6),
  interval_ms: 10_000,
  services: [{ service_id: 'memory', state: 'healthy', since_ms: random.below(1e6), consecutive_failures: 0, pid: 4711 }],
});

const createMetric = (random: Random, agentId: string): Metric => ({
  v: 1,
  agent_id: agentId,
  samples: [{ service_id: 'memory', name: 'check_duration_ms', value: random.fraction() * 100 }],
});

/** A message that fits its schema. */
export function createGoodMessage(kind: MessageKind, random: Random, agentId: string): object {
  switch (kind) {
    case 'report':
      return createEnvelope(random, agentId);
    case 'result':
      return createResult(random, agentId);
    case 'heartbeat':
      return createHeartbeat(random, agentId);
    case 'metric':
      return createMetric(random, agentId);
  }
}
