import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#libs/contracts';
import { checkLog } from '../check-log.ts';
import type { LogEvidence } from '../evidence.ts';
import { parseObject, readObject } from '../fields.ts';
import { change as changeRecord, findRecord, forge } from '../plants/forge.ts';
import { DECISION_ID, fix, HEALED_STORY, SERVICE, slot, tell, timer, type ToldEvent, WORDS } from '../story-builder.ts';

const SOUND = tell(HEALED_STORY);
const COMMANDED_AT = findRecord(SOUND, 'FixCommanded').position;

const found = (evidence: LogEvidence): string[] => checkLog(evidence).map(({ code, positions }) => `${code} ${positions.join()}`);
const check = (story: readonly ToldEvent[]): string[] => found(tell(story));
const changed = (type: string, how: (data: JsonObject) => JsonObject): string[] =>
  found(changeRecord(SOUND, findRecord(SOUND, type), how));
const changeTo = (type: string, data: JsonObject): string[] => changed(type, (before) => ({ ...before, ...data }));

describe('the law of decisions', () => {
  const OBJECTION = [`command-without-decision ${COMMANDED_AT}`];

  it.each([
    ['that is not stored', 'FixCommanded', { decision_event_id: 'none' }],
    ['about another target', 'DecisionMade', { target: 'rag' }],
    ['for another strategy', 'DecisionMade', { choice: 'restart/another' }],
    ['for no strategy', 'DecisionMade', { choice: null }],
    ['about another incident', 'DecisionMade', { incident_id: 'k-7' }],
    ['that its fix was not begun by', 'FixObserved', { decision_event_id: 'another' }],
    ['to wait', 'DecisionMade', { verdict: 'defer' }],
  ])('finds a command of a decision %s', (_what, type, data) => {
    expect(changeTo(type, data).slice(0, 1)).toEqual(OBJECTION);
  });

  it('finds a command of a fix that was begun for another incident', () => {
    expect(changeTo('FixObserved', { incident_id: 'k-7' })).toEqual(OBJECTION);
  });

  it.each([
    ['objected', WORDS.with(3, { guard: 'symptom-persists', verdict: 'defer', reason_code: 'x' })],
    ['was not asked', WORDS.toSpliced(3, 1)],
    ['was asked too late', WORDS.toSpliced(3, 1).concat(WORDS.slice(3, 4))],
    ['was asked twice', [...WORDS, ...WORDS.slice(0, 1)]],
    ['has another name', WORDS.with(3, { guard: 'whatever', verdict: 'allow', reason_code: 'ok' })],
    ['is not required and objected', [...WORDS, { guard: 'further', verdict: 'deny', reason_code: 'x' }]],
  ])('finds a command before which a guard %s', (_what, guards) => {
    expect(changeTo('DecisionMade', { guards })).toEqual(OBJECTION);
    expect(changeTo('FixGuarded', { guards })).toEqual(OBJECTION);
  });

  it('lets further guards have a word', () => {
    const guards = [...WORDS, { guard: 'further', verdict: 'allow', reason_code: 'ok' }];
    expect(changeTo('DecisionMade', { guards })).toEqual([]);
  });
});

describe('the law of guards', () => {
  const BREACH = [`guard-breached ${COMMANDED_AT}`];
  const changeInputs = (inputs: JsonObject): string[] =>
    changed('DecisionMade', (data) => ({ ...data, inputs: { ...readObject(data, 'inputs'), ...inputs } }));
  const look = (state: string, ok: boolean): JsonObject => ({ id: 'database', state, probe: { ok } });
  /** The target needs the database, at which somebody looked like this. */
  const needing = (...dependencies: JsonObject[]): string[] => {
    const needy = changeRecord(SOUND, findRecord(SOUND, 'ServiceRegistered'), (data) => ({ ...data, depends_on: ['database'] }));
    const inputs = (data: JsonObject): JsonObject => ({ ...data, inputs: { ...readObject(data, 'inputs'), dependencies } });
    return found(changeRecord(needy, findRecord(needy, 'DecisionMade'), inputs));
  };

  it.each([
    ['owned by another agent', { owner_agent: 'rag-agent' }],
    ['of which there are others', { single_replica: false }],
    ['that nobody said may be healed', { autonomy: null }],
    ['that is only watched', { autonomy: 'shadow' }],
    ['that stands under another name', { id: 'rag' }],
  ])('finds a command to a service %s', (_what, service) => {
    expect(changeTo('ServiceRegistered', service)).toEqual(BREACH);
  });

  it('finds a command on weak evidence', () => {
    const report = (data: JsonObject): string[] => changeTo('ErrorReported', data);
    expect(report({ agent_class: 'browser' })).toEqual(BREACH);
    expect(report({ error: { id: 'r1', data: { reason: 'failing', consecutive_failures: 1 } } })).toEqual(BREACH);
    expect(report({ error: { id: 'r1', data: { reason: 'failing', consecutive_failures: 2 } } })).toEqual([]);
    expect(changeInputs({ now_ms: SOUND.readAtMs + 60_001 })).toEqual(BREACH);
    expect(changeInputs({ now_ms: SOUND.readAtMs + 60_000 })).toEqual([]);
    const evidence = readObject(parseObject(findRecord(SOUND, 'IncidentOpened').payload) ?? {}, 'evidence');
    expect(changeInputs({ evidence: { ...evidence, agent_id: 'rag-agent' } })).toEqual(BREACH);
    expect(changeInputs({ evidence: { ...evidence, report_event_id: 'none' } })).toEqual(BREACH);
  });

  it('finds a command while a dependency is not known to be up', () => {
    expect(needing()).toEqual(BREACH);
    expect(needing({ ...look('healthy', true), id: 'rag' })).toEqual(BREACH);
    expect(needing(look('stopped', true))).toEqual(BREACH);
    expect(needing(look('healthy', false))).toEqual(BREACH);
    expect(needing({ id: 'database', state: 'healthy', probe: null })).toEqual(BREACH);
    expect(needing(look('healthy', true))).toEqual([]);
  });

  it('judges by the catalogue of the moment, and forgives a change that was stored while guards were asked', () => {
    const before = HEALED_STORY.slice(0, COMMANDED_AT - 1);
    const changing = (autonomy: string): ToldEvent => ['catalogue', 'ServiceChanged', { ...SERVICE, autonomy }];
    const told = (agoMs: number, service: ToldEvent): string[] => {
      const { records, ...frame } = tell([
        ...before.slice(0, 5),
        service,
        ...before.slice(5),
        ...HEALED_STORY.slice(before.length),
      ]);
      const early = records.map((record) => ({
        ...record,
        recordedAtMs: record.recordedAtMs - (record.position <= 6 ? agoMs : 0),
        payload: record.payload.replaceAll('000000000006', '000000000007'),
      }));
      return checkLog({ ...frame, records: early })
        .map(({ code }) => code)
        .filter((code) => code === 'guard-breached');
    };
    expect(told(6_000, changing('ask'))).toEqual(['guard-breached']);
    expect(told(1_000, changing('ask'))).toEqual([]);
    expect(told(6_000, ['catalogue', 'ServiceRetired', { id: 'memory' }])).toEqual(['guard-breached']);
    expect(told(6_000, changing('auto'))).toEqual([]);
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
    expect(check([...failed, ...again(FURTHER)])).toEqual([]);
    expect(check([...failed, ...again(FURTHER.slice(1))])).toEqual([`command-without-decision ${failed.length + 2}`]);
  });

  it('judges a further attempt by what was looked at before it', () => {
    const needy = failed.map(([stream, type, data]): ToldEvent =>
      type === 'ServiceRegistered' ? [stream, type, { ...data, depends_on: ['database'] }] : [stream, type, data],
    );
    const second = (inputs: JsonObject): string[] =>
      check([...needy, ...again(FURTHER, inputs)]).filter((line) => line !== BREACH[0]);
    expect(second({ dependencies: [look('healthy', true)] })).toEqual([]);
    expect(second({ dependencies: [look('stopped', false)] })).toEqual([`guard-breached ${needy.length + 2}`]);
    expect(second({})).toEqual([`guard-breached ${needy.length + 2}`]);
  });

  it('counts actions on a target, of an hour', () => {
    const actions = (count: number): ToldEvent[] => Array.from({ length: count }, () => slot('SlotReserved'));
    const begun = HEALED_STORY.slice(0, 11);
    expect(check([...begun, ...actions(4)])).toEqual([]);
    expect(check([...begun, ...actions(5)])).toEqual(['guard-breached 16']);
    const told = tell([...begun, ...actions(5)]);
    const later = told.records.map((record) => ({
      ...record,
      recordedAtMs: record.recordedAtMs + (record.position > 11 ? 3_600_000 : 0),
    }));
    expect(found(forge(told, later))).toEqual([]);
  });
});
