import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonicalJson, type JsonObject } from '#libs/contracts';
import { checkLog } from '../check-log.ts';
import { fix, HEALED_STORY, tell, type ToldEvent, WORDS } from '../story-builder.ts';
import { APPROVED_ACTION_GUARDS } from './guard-words.ts';

const BEGIN_MS = tell([]).readAtMs;
const at = (ms: number): string => new Date(BEGIN_MS + ms).toISOString();
const ACTION = {
  fix_id: 'k-1-1',
  incident_id: 'k-1',
  agent_id: 'agent',
  target: 'memory',
  strategy: 'restart/service',
  parameters: {},
};
const hashOf = (action: JsonObject): string => createHash('sha256').update(canonicalJson(action)).digest('hex');
const ASKED = {
  action: ACTION,
  action_sha256: hashOf(ACTION),
  approver_roles: ['sre', 'admin'],
  persons_required: 1,
  requested_by: 'healing',
  expires_at: at(900_000),
};
const GRANT = { action_sha256: hashOf(ACTION), approved_by: 'person:a', role: 'sre', approved_at: at(0) };
const APPROVED = APPROVED_ACTION_GUARDS.map((guard) => ({ guard, verdict: 'allow', reason_code: 'ok' }));
const LEFT = WORDS.with(-1, { guard: 'approval', verdict: 'defer', reason_code: 'needs-approval' });

interface Approval {
  asked?: JsonObject;
  /** What persons said, in their order. */
  grants?: readonly JsonObject[];
  command?: JsonObject;
  before?: readonly ToldEvent[];
}

/** The story as it goes where a person has to be asked first. */
function approve({ asked = {}, grants = [{}], command = {}, before = [] }: Approval = {}): string[] {
  const inputs = { dependencies: [], read_model_lag_ms: 0, now_ms: BEGIN_MS };
  const story = HEALED_STORY.flatMap((told): ToldEvent[] => {
    const [stream, type, data = {}] = told;
    switch (type) {
      case 'ServiceRegistered':
        return [[stream, type, { ...data, autonomy: 'ask' }]];
      case 'DecisionMade':
        return [[stream, type, { ...data, verdict: 'ask', guards: LEFT }], ...before];
      case 'FixGuarded':
        return [
          fix(type, { guards: LEFT }),
          fix('ApprovalRequested', { ...ASKED, ...asked }),
          ...grants.map((grant) => fix('ApprovalGranted', { ...GRANT, ...grant })),
          fix(type, { guards: APPROVED, inputs }),
        ];
      case 'FixCommanded':
        return [[stream, type, { ...data, parameters: {}, approvals: [{ actor: 'person:a' }], ...command }]];
      default:
        return [told];
    }
  });
  return checkLog(tell(story)).map(({ sentence }) => sentence);
}

const objection = (sentence: string): string[] => [`k-1-1.1 was commanded, and ${sentence}`];

describe('the law of approvals', () => {
  it('lets be done what a person has allowed', () => {
    expect(approve()).toEqual([]);
  });

  it.each([
    ['nobody', []],
    ['somebody who allowed another action', [{ action_sha256: hashOf({}) }]],
    ['somebody whose role may not', [{ role: 'viewer' }]],
    ['who asked for it', [{ approved_by: 'healing' }]],
    ['who is no person', [{ approved_by: 'agent:a' }]],
  ])('counts the word of %s for none', (_who, grants) => {
    expect(approve({ grants })).toEqual(objection('0 of 1 persons had allowed it'));
  });

  it('counts two words of one person for one', () => {
    const asked = { persons_required: 2 };
    expect(approve({ asked, grants: [{}, {}] })).toEqual(objection('1 of 2 persons had allowed it'));
    expect(approve({ asked, grants: [{}, { approved_by: 'person:b' }] })).toEqual([]);
  });

  it('goes by no request that asks for too little', () => {
    expect(approve({ asked: { persons_required: 0 }, grants: [] })).toEqual(objection('0 of 1 persons had allowed it'));
    expect(approve({ asked: { persons_required: null } })).toEqual(objection('1 of NaN persons had allowed it'));
    expect(approve({ asked: { approver_roles: ['viewer'] }, grants: [{ role: 'viewer' }] })).toEqual(
      objection('0 of 1 persons had allowed it'),
    );
    expect(approve({ asked: { action: {} } })).toEqual(objection('0 of 1 persons had allowed it'));
  });

  it('lets nobody think for longer than was set, whatever was written', () => {
    const late = objection('0 of 1 persons had allowed it');
    expect(approve({ asked: { expires_at: at(-60_000) } })).toEqual(late);
    const policy = (settings: JsonObject): ToldEvent => ['policy', 'PolicyChanged', { scope: 'global', settings }];
    expect(approve({ before: [policy({ approval_ttl_ms: 60_000 })] })).toEqual([]);
    expect(approve({ before: [policy({ approval_ttl_ms: -60_000 })] })).toEqual(late);
  });

  it.each([
    ['other parameters', { parameters: { force: true } }, 'persons allowed other parameters'],
    ['another strategy', { strategy: 'restart/another' }, 'the decision was for restart/service'],
  ])('finds a command with %s than were allowed', (_what, command, sentence) => {
    expect(approve({ command })).toContain(objection(sentence)[0]);
  });
});
