import { canonicalJson, type JsonObject } from '#libs/contracts';
import type { CheckFrame, LogEvidence, LogRecord } from './evidence.ts';
import { forge, renumber } from './plants/forge.ts';

/** An event as a story tells it: where, what, with which data. */
export type ToldEvent = readonly [stream: string, type: string, data?: JsonObject];

const BEGIN_MS = 1_790_000_000_000;
const CONFIGURED_BEFORE_MS = 60_000;
const GUARDS = [
  'kill-switch',
  'never-touch',
  'freeze',
  'exactly-one-owned-target',
  'evidence-ceiling',
  'fresh-evidence',
  'symptom-persists',
  'target-is-failing',
  'read-models-current',
  'correlated-storm',
  'last-healthy-replica',
  'dependency-is-up',
  'one-live-fix-per-target',
  'cool-down',
  'action-rate',
  'futility',
  'fleet-concurrency',
  'blast-radius',
  'budget',
  'autonomy',
  'approval',
];
export const WORDS = GUARDS.map((guard) => ({ guard, verdict: 'allow', reason_code: 'ok' }));
const ACTION = { agent_id: 'agent', strategy: 'restart/service' };
const FIX = { fix_id: 'k-1-1', incident_id: 'k-1', target: 'memory' };
const COMMAND = { ...FIX, command_id: 'k-1-1.1' };
export const DECISION_ID = '00000000-0000-4000-8000-000000000006';
const FAULT = { target: 'memory', fingerprint: 'f' };
const EVIDENCE = { agent_id: 'agent', report_event_id: '00000000-0000-4000-8000-000000000003', symptom: 'service-down' };
export const SERVICE = {
  id: 'memory',
  probe_url: 'http://memory',
  replicas: 1,
  single_replica: true,
  depends_on: [],
  owner_agent: 'agent',
  autonomy: 'auto',
};

/** Position N of a story has the id that ends with N, so that others can name it. */
const idOf = (index: number): string => `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`;

export const report = (id: string, agentId = 'agent'): ToldEvent => [
  `report-${agentId}`,
  'ErrorReported',
  {
    agent_id: agentId,
    agent_class: 'service',
    ...FAULT,
    age_ms: 0,
    observed_at: new Date(BEGIN_MS).toISOString(),
    error: { id, data: { reason: 'exited' } },
  },
];

export const fix = (type: string, data: JsonObject = {}): ToldEvent => ['fix-k-1-1', type, { ...COMMAND, ...data }];
/** A timer that is due when the story is told. */
export const timer = (type: string, name: string, generation = 1): ToldEvent =>
  fix(type, { name, generation, ...(type === 'TimerSet' ? { due_at: new Date(BEGIN_MS).toISOString() } : {}) });
export const incident = (type: string, data: JsonObject = {}): ToldEvent => ['incident-k', type, { ...FIX, ...data }];
export const slot = (type: string, data: JsonObject = {}): ToldEvent => ['slot-memory', type, { ...COMMAND, ...data }];
const probe = (ok = true): ToldEvent => fix('ProbeObserved', { ok });
/** One clean probe, and the timer for the next. */
const cleanProbe = (generation: number): ToldEvent[] => [
  timer('TimerFired', 'probe', generation),
  probe(),
  timer('TimerSet', 'probe', generation + 1),
];

/** A service goes down, is restarted, and six clean probes say that it is well. */
export const HEALED_STORY: readonly ToldEvent[] = [
  ['catalogue', 'AgentRegistered', { id: 'agent' }],
  ['catalogue', 'ServiceRegistered', SERVICE],
  report('r1'),
  incident('IncidentOpened', { ...FAULT, episode: 1, evidence: EVIDENCE }),
  report('r2'),
  [
    'decision-k-1',
    'DecisionMade',
    {
      ...FIX,
      verdict: 'act',
      choice: ACTION.strategy,
      guards: WORDS,
      read_position: '5',
      inputs: { evidence: EVIDENCE, dependencies: [], read_model_lag_ms: 0, now_ms: BEGIN_MS },
    },
  ],
  fix('FixObserved', { ...ACTION, decision_event_id: DECISION_ID, failure_rate_before: 1 }),
  fix('FixGuarded', { guards: WORDS }),
  fix('FixCommanded', { ...ACTION, attempt: 1, decision_event_id: DECISION_ID }),
  timer('TimerSet', 'acknowledge'),
  slot('SlotReserved'),
  incident('IncidentHealing', ACTION),
  incident('IncidentGrew', { added: 1, count: 2, evidence: EVIDENCE }),
  fix('FixAcknowledged'),
  timer('TimerSet', 'result'),
  fix('FixExecuted'),
  fix('VerificationStarted', { required_clean: 6, because: 'executed' }),
  timer('TimerSet', 'probe'),
  ...[1, 2, 3, 4, 5].flatMap(cleanProbe),
  timer('TimerFired', 'probe', 6),
  probe(),
  fix('VerdictReached', { verdict: 'verified' }),
  fix('FixHealed'),
  slot('SlotReleased'),
  incident('IncidentResolved'),
];

/** Evidence as if exactly these events had been appended: everything but the story is in order. */
export function tell(story: readonly ToldEvent[], given: Partial<CheckFrame> = {}): LogEvidence {
  const records = story.map(([stream, type, data = {}], index): LogRecord => ({
    position: index + 1,
    stream,
    version: 0,
    id: idOf(index),
    type,
    schemaVersion: 1,
    payload: canonicalJson(data),
    metadata: '{"actor":"test"}',
    // What is configured was so long before anything happens.
    recordedAtMs: BEGIN_MS + index - (stream === 'catalogue' ? CONFIGURED_BEFORE_MS : 0),
  }));
  return { ...forge(EMPTY, renumber(records)), ...given };
}

const EMPTY: LogEvidence = {
  readAtMs: BEGIN_MS,
  records: [],
  chain: [],
  head: { position: 0, chainHash: '' },
  streamHeads: new Map(),
  checkpoints: new Map(),
  readModels: { incidents: [], services: [], fix_timers: [], fixes: [], decisions: [], fix_success: [] },
  secretPlaces: [],
  ledgers: [],
  options: {},
};
