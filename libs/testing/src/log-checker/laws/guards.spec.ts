import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#libs/contracts';
import { checkLog } from '../check-log.ts';
import type { LogEvidence } from '../evidence.ts';
import { parseObject, readObject } from '../fields.ts';
import { change as changeRecord, findRecord } from '../plants/forge.ts';
import { DECISION_ID, fix, HEALED_STORY, SERVICE, slot, tell, timer, type ToldEvent } from '../story-builder.ts';

const SOUND = tell(HEALED_STORY);
const COMMANDED_AT = findRecord(SOUND, 'FixCommanded').position;
const DECIDED_AT = HEALED_STORY.findIndex(([, type]) => type === 'DecisionMade');
const BREACH = [`guard-breached ${COMMANDED_AT}`];
/** Where one event more stands before it. */
const BREACH_LATER = [`guard-breached ${COMMANDED_AT + 1}`];

const found = (evidence: LogEvidence): string[] => checkLog(evidence).map(({ code, positions }) => `${code} ${positions.join()}`);
const changed = (type: string, how: (data: JsonObject) => JsonObject, evidence = SOUND): LogEvidence =>
  changeRecord(evidence, findRecord(evidence, type), how);
const changeTo = (type: string, data: JsonObject): string[] => found(changed(type, (before) => ({ ...before, ...data })));
const changeInputs = (inputs: JsonObject, evidence = SOUND): LogEvidence =>
  changed('DecisionMade', (data) => ({ ...data, inputs: { ...readObject(data, 'inputs'), ...inputs } }), evidence);
const look = (state: string, ok: boolean): JsonObject => ({ id: 'database', state, probe: { ok } });
const said = (id: string, to: string): ToldEvent => [`service-${id}`, 'ServiceStateChanged', { service_id: id, to }];

/** The story with one event more right before its decision, which the command still names. */
function insert(told: ToldEvent): LogEvidence {
  const { records, ...frame } = tell(HEALED_STORY.toSpliced(DECIDED_AT, 0, told));
  const named = records.map((record) => ({ ...record, payload: record.payload.replaceAll(DECISION_ID, idAfter(DECISION_ID)) }));
  return changeRecord({ ...frame, records: named }, named[DECIDED_AT] ?? findRecord(SOUND, 'FixObserved'), (data) => data);
}
const idAfter = (id: string): string => id.slice(0, -1) + String(Number(id.slice(-1)) + 1);

describe('the law of guards', () => {
  it.each([
    ['owned by another agent', { owner_agent: 'rag-agent' }],
    ['of which there are others', { single_replica: false }],
    ['that nobody said may be healed', { autonomy: null }],
    ['that is only watched', { autonomy: 'shadow' }],
    ['that stands under another name', { id: 'rag' }],
  ])('finds a command to a service %s', (_what, service) => {
    expect(changeTo('ServiceRegistered', service)).toEqual(BREACH);
  });

  it('judges by the catalogue of the very position', () => {
    const before = (data: JsonObject, type = 'ServiceChanged'): string[] =>
      found(insert(['catalogue', type, { ...SERVICE, ...data }]));
    expect(before({ autonomy: 'ask' })).toEqual(BREACH_LATER);
    expect(before({ owner_agent: 'rag-agent' })).toEqual(BREACH_LATER);
    expect(before({}, 'ServiceRetired')).toEqual(BREACH_LATER);
    expect(before({})).toEqual([]);
  });

  it('finds a command on weak evidence', () => {
    const report = (data: JsonObject): string[] => changeTo('ErrorReported', data);
    expect(report({ agent_class: 'browser' })).toEqual(BREACH);
    expect(report({ error: { id: 'r1', data: { reason: 'failing', consecutive_failures: 1 } } })).toEqual(BREACH);
    expect(report({ error: { id: 'r1', data: { reason: 'failing', consecutive_failures: 2 } } })).toEqual([]);
    expect(found(changeInputs({ now_ms: SOUND.readAtMs + 60_001 }))).toContain(BREACH[0]);
    expect(found(changeInputs({ now_ms: SOUND.readAtMs + 60_001, probe: { ok: false } }))).not.toContain(BREACH[0]);
    expect(found(changeInputs({ now_ms: SOUND.readAtMs + 60_000 }))).not.toContain(BREACH[0]);
  });

  it('finds a command on the evidence of somebody else', () => {
    const evidence = readObject(parseObject(findRecord(SOUND, 'IncidentOpened').payload) ?? {}, 'evidence');
    expect(found(changeInputs({ evidence: { ...evidence, agent_id: 'rag-agent' } }))).toEqual(BREACH);
    expect(found(changeInputs({ evidence: { ...evidence, report_event_id: 'none' } }))).toEqual(BREACH);
    const shownBy = (id: string): LogEvidence =>
      changed('IncidentOpened', (data) => ({ ...data, evidence: { ...evidence, report_event_id: id } }));
    expect(found(shownBy(findRecord(SOUND, 'FixHealed').id))).toEqual(BREACH);
    expect(changeTo('ErrorReported', { target: 'rag' })).toContain(BREACH[0]);
    expect(changeTo('ErrorReported', { agent_id: 'rag-agent' })).toContain(BREACH[0]);
  });

  it('finds a command to what its agent had called healthy since', () => {
    const seenAgo = (ms: number, to: string): string[] =>
      found(
        changed(
          'ErrorReported',
          (data) => ({ ...data, age_ms: ms, observed_at: new Date(SOUND.readAtMs - ms).toISOString() }),
          insert(said('memory', to)),
        ),
      );
    expect(seenAgo(20_000, 'healthy')).toEqual(BREACH_LATER);
    expect(seenAgo(20_000, 'unhealthy')).toEqual([]);
    // Two clocks may see it in another order.
    expect(seenAgo(1_000, 'healthy')).toEqual([]);
  });

  it('finds a command that rests on old read models, or on such as nobody knows the age of', () => {
    expect(found(changeInputs({ read_model_lag_ms: 5_000 }))).toEqual([]);
    expect(found(changeInputs({ read_model_lag_ms: 5_001 }))).toEqual(BREACH);
    expect(found(changeInputs({ read_model_lag_ms: null }))).toEqual(BREACH);
  });

  it('finds a command while a dependency is not known to be up', () => {
    /** The target needs the database, at which somebody looked like this. */
    const needing = (to: string, ...dependencies: JsonObject[]): string[] => {
      const needy = changed('ServiceRegistered', (data) => ({ ...data, depends_on: ['database'] }), insert(said('database', to)));
      return found(changeInputs({ dependencies }, needy));
    };
    expect(needing('healthy')).toEqual(BREACH_LATER);
    expect(needing('healthy', { ...look('healthy', true), id: 'rag' })).toEqual(BREACH_LATER);
    expect(needing('healthy', look('stopped', true))).toEqual(BREACH_LATER);
    expect(needing('healthy', look('healthy', false))).toEqual(BREACH_LATER);
    expect(needing('healthy', { id: 'database', state: 'healthy', probe: null })).toEqual(BREACH_LATER);
    // The word of its agent is in the log, whatever was noted down.
    expect(needing('unhealthy', look('healthy', true))).toEqual(BREACH_LATER);
    expect(needing('healthy', look('healthy', true))).toEqual([]);
  });

  it('lets persons allow only what they were asked about', () => {
    const approvals = [{ actor: 'person:a', role: 'sre', approved_at: '' }];
    const asked = changed('ServiceRegistered', (data) => ({ ...data, autonomy: 'ask' }));
    expect(found(changed('FixCommanded', (data) => ({ ...data, approvals }), asked))).toEqual(BREACH);
  });

  it('lets nothing but persons patch what is critical', () => {
    const patched = changed('ServiceRegistered', (data) => ({ ...data, critical: true }));
    const records = patched.records.map((record) => ({
      ...record,
      payload: record.payload.replaceAll('restart/service', 'patch/file'),
    }));
    const policy: ToldEvent = ['policy', 'PolicyChanged', { scope: 'strategy:patch/file', settings: { autonomy: 'auto' } }];
    const raised = tell([policy]).records.concat(records);
    expect(checkLog({ ...patched, records: raised }).map(({ sentence }) => sentence)).toContain(
      'k-1-1.1: the autonomy of its target is ask',
    );
  });

  const FURTHER = [
    'kill-switch',
    'never-touch',
    'freeze',
    'exactly-one-owned-target',
    'correlated-storm',
    'last-healthy-replica',
    'dependency-is-up',
    'action-rate',
    'blast-radius',
    'budget',
    'autonomy',
    'approval',
  ];
  const failed = [
    ...HEALED_STORY.slice(0, 15),
    fix('FixAttemptFailed'),
    timer('TimerSet', 'retry'),
    timer('TimerFired', 'retry'),
  ];
  const again = (guards: readonly string[], inputs: JsonObject = {}): ToldEvent[] => [
    fix('FixGuarded', { guards: guards.map((guard) => ({ guard, verdict: 'allow' })), inputs }),
    fix('FixCommanded', {
      agent_id: 'agent',
      strategy: 'restart/service',
      attempt: 2,
      command_id: 'k-1-1.2',
      decision_event_id: DECISION_ID,
    }),
    slot('SlotReserved', { command_id: 'k-1-1.2' }),
  ];

  it('asks the guards of a further attempt that can be asked again', () => {
    const check = (story: readonly ToldEvent[]): string[] => found(tell(story));
    expect(check([...failed, ...again(FURTHER)])).toEqual([]);
    expect(check([...failed, ...again(FURTHER.slice(1))])).toEqual([`command-without-decision ${failed.length + 2}`]);
  });

  it('judges a further attempt by what was looked at before it', () => {
    const needy = [
      ...failed.map(([stream, type, data]): ToldEvent =>
        type === 'ServiceRegistered' ? [stream, type, { ...data, depends_on: ['database'] }] : [stream, type, data],
      ),
      said('database', 'healthy'),
    ];
    const second = (inputs: JsonObject): string[] =>
      found(tell([...needy, ...again(FURTHER, inputs)])).filter((line) => line !== BREACH[0]);
    expect(second({ dependencies: [look('healthy', true)] })).toEqual([]);
    expect(second({ dependencies: [look('stopped', false)] })).toEqual([`guard-breached ${needy.length + 2}`]);
    expect(second({})).toEqual([`guard-breached ${needy.length + 2}`]);
  });
});
