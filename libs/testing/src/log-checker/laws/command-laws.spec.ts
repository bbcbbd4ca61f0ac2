import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#libs/contracts';
import { checkLog } from '../check-log.ts';
import type { LogEvidence } from '../evidence.ts';
import { change as changeRecord, findRecord } from '../plants/forge.ts';
import { HEALED_STORY, tell, WORDS } from '../story-builder.ts';

const SOUND = tell(HEALED_STORY);
const COMMANDED_AT = findRecord(SOUND, 'FixCommanded').position;

const found = (evidence: LogEvidence): string[] => checkLog(evidence).map(({ code, positions }) => `${code} ${positions.join()}`);
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
