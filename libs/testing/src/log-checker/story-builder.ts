import { canonicalJson, type JsonObject } from '#libs/contracts';
import type { CheckFrame, LogEvidence, LogRecord } from './evidence.ts';
import { forge, renumber } from './plants/forge.ts';

/** An event as a story tells it: where, what, with which data. */
export type ToldEvent = readonly [stream: string, type: string, data?: JsonObject];

const GUARDS = [{ guard: 'autonomy', verdict: 'allow', reason_code: '' }];
const FIX = { fix_id: 'k-1-1', incident_id: 'k-1', target: 'memory' };
const COMMAND = { ...FIX, command_id: 'k-1-1.1' };
export const DECISION_ID = '00000000-0000-4000-8000-000000000006';

/** Position N of a story has the id that ends with N, so that others can name it. */
const idOf = (index: number): string => `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`;

export const report = (id: string, agentId = 'agent'): ToldEvent => [
  `report-${agentId}`,
  'ErrorReported',
  { agent_id: agentId, error: { id } },
];

export const fix = (type: string, data: JsonObject = {}): ToldEvent => ['fix-k-1-1', type, { ...COMMAND, ...data }];
export const timer = (type: string, name: string, generation = 1): ToldEvent => fix(type, { name, generation });
export const incident = (type: string, data: JsonObject = {}): ToldEvent => ['incident-k', type, { ...FIX, ...data }];
export const slot = (type: string, data: JsonObject = {}): ToldEvent => ['slot-memory', type, { ...COMMAND, ...data }];
const probe = (ok = true): ToldEvent => fix('ProbeObserved', { ok });

/** A service goes down, is restarted, and two clean probes say that it is well. */
export const HEALED_STORY: readonly ToldEvent[] = [
  ['catalogue', 'AgentRegistered', { id: 'agent' }],
  ['catalogue', 'ServiceRegistered', { id: 'memory', probe_url: 'http://memory', replicas: 1, depends_on: [] }],
  report('r1'),
  incident('IncidentOpened', { episode: 1 }),
  report('r2'),
  ['decision-k-1', 'DecisionMade', { target: 'memory', verdict: 'act', guards: GUARDS }],
  fix('FixObserved'),
  fix('FixGuarded', { guards: GUARDS }),
  fix('FixCommanded', { attempt: 1, agent_id: 'agent', decision_event_id: DECISION_ID }),
  timer('TimerSet', 'acknowledge'),
  slot('SlotReserved'),
  incident('IncidentHealing'),
  incident('IncidentGrew', { added: 1, count: 2 }),
  fix('FixAcknowledged'),
  timer('TimerSet', 'result'),
  fix('FixExecuted'),
  fix('VerificationStarted', { required_clean: 2, because: 'executed' }),
  timer('TimerSet', 'probe'),
  timer('TimerFired', 'probe'),
  probe(),
  timer('TimerSet', 'probe', 2),
  timer('TimerFired', 'probe', 2),
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
    recordedAtMs: 1_790_000_000_000 + index,
    leaf: '',
  }));
  return { ...forge(EMPTY, renumber(records)), ...given };
}

const EMPTY: LogEvidence = {
  records: [],
  chain: [],
  head: { position: 0, chainHash: '' },
  streamHeads: new Map(),
  checkpoints: new Map(),
  readModels: { incident_list: [], service_list: [], fix_timers: [] },
  ledgers: [],
  options: {},
};
