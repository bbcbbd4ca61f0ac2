import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#libs/contracts';
import { buildGuardContext, buildPolicyWord, buildRoom, buildService } from '../../../test/builders/fix-builder.ts';
import { getRestart, likeRestart } from '../../../test/builders/strategy-builder.ts';
import { BEGIN_MS, buildEpisode, buildEvidence } from '../../../test/builders/incident-builder.ts';
import type { GuardWord } from '../../decisions/decision.events.ts';
import type { RuleOutcome } from '../../decisions/rule-outcome.ts';
import { RATE_OF_NOTHING } from '../exposures/counted-samples.ts';
import { decideFix } from '../starting/start-fix.decider.ts';
import { allow, askGuards, defer, deny, type DependencyState, findObjection, type Guard, type GuardContext } from './guard.ts';
import { FURTHER_ATTEMPT_GUARDS, GUARDS } from './guard-list.ts';

const MINUTE_MS = 60_000;
const nowMs = BEGIN_MS + 1000;
const outcome: RuleOutcome = {
  rule: 'service-down',
  version: 'rules@1',
  candidates: [{ strategy: 'restart/service', allowed: true, reason_code: 'rule-allows' }],
  choice: getRestart(),
  next: [],
  isExhausted: false,
};

function judge(name: string, context: GuardContext): string {
  const word = askGuards(GUARDS, context).find(({ guard }) => guard === name);
  return word === undefined ? 'not asked' : `${word.verdict}:${word.reason_code}`;
}

/** What is decided and begun, as the starter of fixes would do it. */
function decide(context: GuardContext, guards: readonly Guard[] = GUARDS): ReturnType<typeof decideFix> {
  return decideBy(askGuards(guards, context), context);
}

/** Once the guards have spoken. */
function decideBy(words: readonly GuardWord[], context = buildGuardContext()): ReturnType<typeof decideFix> {
  return decideFix({
    incident: { ...buildEpisode(), evidence: context.evidence },
    outcome: { ...outcome, choice: context.strategy },
    words,
    decisionId: 'd1',
    decisionEventId: '01900000-0000-7000-8000-00000000000d',
    fixId: 'f1',
    agentId: context.agentId,
    nowMs: context.nowMs,
    readPosition: '1',
    inputs: {} satisfies JsonObject,
    inputsSha256: '',
    hash: () => 'hash',
    approvalTtlMs: 900_000,
    failureRate: RATE_OF_NOTHING,
  });
}

/** A context in which reading this member fails. */
const broken = (member: keyof GuardContext): GuardContext =>
  Object.defineProperty({ ...buildGuardContext() }, member, {
    get: () => {
      throw new Error('not readable');
    },
  });
/** A context without this member, which the types don't allow. */
const without = (member: keyof GuardContext): GuardContext => ({ ...buildGuardContext(), [member]: undefined });

const browserText = likeRestart({ evidence: 'browser-text' });
const needy = buildService({ dependsOn: ['database', 'cache'] });
const clean = { ok: true, reasonCode: 'status-200', latencyMs: 1 };
const dirty = { ok: false, reasonCode: 'econnrefused', latencyMs: 1 };
const up = (id: string): DependencyState => ({ id, state: 'healthy', probe: clean });
const upSince = (id: string, saidAtMs: number): DependencyState => ({ ...up(id), saidAtMs });
/** It runs and its checks fail, instead of having ended. */
const failing = { evidence: buildEvidence({ exited: false, consecutive_failures: 2 }) };
/** A service that needs two others, the second of which is like this. */
const needing = (...second: DependencyState[]): Partial<GuardContext> => ({
  service: needy,
  dependencies: [up('database'), ...second],
});
const FREEZE = { freeze_id: 'z1', scope: 'global' as const, from: new Date(0).toISOString(), until: null, reason: 'release' };
const FULL = { used: 10, limit: 10, isHeld: false };
const ROOMY = { live: buildRoom(), radius: buildRoom(), budget: buildRoom() };
const ASKED = { policy: buildPolicyWord({ autonomy: 'ask' }) };
const reserved = (count: number, agoMs = 0): GuardContext['slot'] => ({
  reservedAtMs: Array.from({ length: count }, () => nowMs - agoMs),
});

describe('the guards', () => {
  it('all allow what is known, owned, fresh and rare', () => {
    expect(askGuards(GUARDS, buildGuardContext()).map(({ verdict }) => verdict)).toEqual(GUARDS.map(() => 'allow'));
    expect(decide(buildGuardContext())).toMatchObject({ decision: { data: { verdict: 'act' } } });
  });

  const objections: (readonly [guard: string, word: string, Partial<GuardContext>])[] = [
    ['kill-switch', 'deny:healing-is-stopped', { stop: 'global' }],
    ['kill-switch', 'deny:healing-is-stopped', { stop: 'service:memory' }],
    ['never-touch', 'deny:must-not-be-touched', { policy: buildPolicyWord({ neverTouch: 'service:memory' }) }],
    ['freeze', 'defer:frozen', { policy: buildPolicyWord({ freeze: FREEZE }) }],
    ['exactly-one-owned-target', 'deny:target-not-in-catalogue', { service: undefined }],
    ['exactly-one-owned-target', 'deny:owner-changed', { agentId: 'rag-agent' }],
    ['exactly-one-owned-target', 'deny:owner-changed', { agentId: undefined }],
    ['evidence-ceiling', 'deny:evidence-too-weak', { evidence: buildEvidence({ agent_class: 'browser' }) }],
    ['evidence-ceiling', 'deny:evidence-too-weak', { evidence: buildEvidence({ agent_class: 'workspace' }) }],
    ['evidence-ceiling', 'deny:evidence-too-weak', { strategy: browserText }],
    ['evidence-ceiling', 'deny:reported-by-a-foreign-agent', { evidence: buildEvidence({ agent_id: 'rag-agent' }) }],
    ['evidence-ceiling', 'deny:reported-by-a-foreign-agent', { service: buildService({ ownerAgent: 'rag-agent' }) }],
    ['fresh-evidence', 'defer:evidence-is-stale', { nowMs: BEGIN_MS + MINUTE_MS + 1 }],
    ['fresh-evidence', 'defer:target-answers-probes', { nowMs: BEGIN_MS + MINUTE_MS + 1, probe: clean }],
    ['fresh-evidence', 'deny:evidence-age-unknown', { evidence: buildEvidence({ observed_at: 'yesterday' }) }],
    ['fresh-evidence', 'deny:evidence-age-unknown', { nowMs: BEGIN_MS - 5001 }],
    [
      'symptom-persists',
      'defer:symptom-has-not-persisted',
      { evidence: buildEvidence({ exited: false, consecutive_failures: 1 }) },
    ],
    ['target-is-failing', 'defer:target-is-healthy-again', { said: { state: 'healthy', saidAtMs: BEGIN_MS + 1 } }],
    ['target-is-failing', 'defer:dependency-has-just-recovered', { ...failing, ...needing(upSince('cache', BEGIN_MS + 1)) }],
    ['read-models-current', 'defer:read-models-are-behind', { readModelLagMs: 5_001 }],
    ['correlated-storm', 'defer:many-targets-fail-alike', { storm: { failing: 5, targets: 16, isOn: false } }],
    ['correlated-storm', 'defer:many-targets-fail-alike', { storm: { failing: 1, targets: 1000, isOn: true } }],
    [
      'last-healthy-replica',
      'deny:other-replicas-not-known-to-be-healthy',
      { service: buildService({ singleReplica: false, replicas: 3 }) },
    ],
    ...(['unhealthy', 'stopped', 'starting'] as const).map(
      (state) => ['dependency-is-up', 'deny:dependency-is-down', needing({ id: 'cache', state })] as const,
    ),
    ['dependency-is-up', 'deny:dependency-is-down', needing({ id: 'cache', state: 'healthy', probe: dirty })],
    ['dependency-is-up', 'deny:dependency-state-unknown', needing({ id: 'cache', state: 'healthy' })],
    ['dependency-is-up', 'deny:dependency-state-unknown', needing({ id: 'cache', state: 'unknown' })],
    ['dependency-is-up', 'deny:dependency-state-unknown', needing({ id: 'cache', state: 'stale' })],
    ['dependency-is-up', 'deny:dependency-unknown', needing({ id: 'cache', state: undefined })],
    ['dependency-is-up', 'deny:dependency-unknown', needing()],
    ['dependency-is-up', 'deny:dependency-unknown', needing(up('another'))],
    ['one-live-fix-per-target', 'defer:another-fix-is-live', { slot: { liveFix: 'f0', reservedAtMs: [] } }],
    ['cool-down', 'defer:target-cools-down', { slot: reserved(1, 9_999) }],
    ['cool-down', 'defer:target-cools-down', { slot: reserved(3, 39_999) }],
    ['action-rate', 'deny:too-many-actions-in-an-hour', { slot: reserved(5, 59 * MINUTE_MS) }],
    ['futility', 'deny:fault-keeps-returning', { returns: 3 }],
    ['fleet-concurrency', 'defer:too-many-live-fixes', { fleet: { ...ROOMY, live: FULL } }],
    ['blast-radius', 'defer:too-many-targets-touched', { fleet: { ...ROOMY, radius: FULL } }],
    ['budget', 'defer:budget-is-spent', { fleet: { ...ROOMY, budget: FULL } }],
    ['autonomy', 'deny:autonomy-is-off', { policy: buildPolicyWord({ autonomy: 'off' }) }],
    ['autonomy', 'deny:only-observed', { policy: buildPolicyWord({ autonomy: 'shadow' }) }],
    ['approval', 'defer:needs-approval', { policy: buildPolicyWord({ autonomy: 'ask' }) }],
    ['approval', 'defer:needs-approval', { ...ASKED, approval: { granted: 1, required: 2 } }],
  ];

  it.each(objections)('%s says %s, and nothing is commanded', (guard, word, parts) => {
    const context = buildGuardContext(parts);
    expect(judge(guard, context)).toBe(word);
    const { decision, fix } = decide(context);
    expect(fix.filter(({ type }) => type === 'FixCommanded')).toEqual([]);
    expect(decision.data.verdict).not.toBe('act');
    expect(decision.data.guards).toHaveLength(GUARDS.length);
    const [verdict, reason_code] = word.split(':');
    expect(decision.data.guards).toContainEqual({ guard, verdict, reason_code });
  });

  it('all have an objection that is tested', () => {
    expect([...new Set(objections.map(([guard]) => guard))]).toEqual(GUARDS.map(({ name }) => name));
  });

  const edges: [guard: string, Partial<GuardContext>][] = [
    ['fresh-evidence', { nowMs: BEGIN_MS + MINUTE_MS }],
    ['fresh-evidence', { nowMs: BEGIN_MS + MINUTE_MS + 1, probe: dirty }],
    ['symptom-persists', { evidence: buildEvidence({ exited: false, consecutive_failures: 2 }) }],
    ['target-is-failing', { said: { state: 'healthy', saidAtMs: BEGIN_MS } }],
    ['target-is-failing', { said: { state: 'healthy' } }],
    ['target-is-failing', { said: { state: 'unknown', saidAtMs: BEGIN_MS + 1 } }],
    ['target-is-failing', { ...failing, ...needing(upSince('cache', BEGIN_MS)) }],
    ['target-is-failing', needing(upSince('cache', BEGIN_MS + 1))],
    // Our own look tells by then.
    ['target-is-failing', { ...failing, ...needing(upSince('cache', BEGIN_MS + 1)), nowMs: BEGIN_MS + MINUTE_MS + 1 }],
    ['dependency-is-up', needing(up('cache'))],
    ['dependency-is-up', { dependencies: [{ id: 'not-needed', state: 'stopped' }] }],
    ['read-models-current', { readModelLagMs: 5_000 }],
    ['correlated-storm', { storm: { failing: 4, targets: 4, isOn: false } }],
    ['correlated-storm', { storm: { failing: 300, targets: 1000, isOn: false } }],
    ['cool-down', { slot: reserved(1, 10_000) }],
    ['cool-down', { slot: reserved(3, 40_000) }],
    ['cool-down', { slot: reserved(20, 5 * MINUTE_MS) }],
    ['action-rate', { slot: reserved(4) }],
    ['futility', { returns: 2 }],
    ['blast-radius', { fleet: { ...ROOMY, radius: { ...FULL, isHeld: true } } }],
    ['approval', { ...ASKED, approval: { granted: 2, required: 2 } }],
    ['action-rate', { slot: reserved(50, 60 * MINUTE_MS) }],
  ];

  it.each(edges)('%s allows up to its limit (%#)', (guard, parts) => {
    expect(judge(guard, buildGuardContext(parts))).toBe('allow:ok');
  });

  const members: [needs: string, guard: string, keyof GuardContext][] = [
    ['control state', 'kill-switch', 'stop'],
    ...(
      [
        'never-touch',
        'freeze',
        'fresh-evidence',
        'symptom-persists',
        'read-models-current',
        'correlated-storm',
        'cool-down',
      ] as const
    ).map((guard): [string, string, 'policy'] => ['policy', guard, 'policy']),
    ...(['action-rate', 'futility', 'autonomy', 'approval'] as const).map((guard): [string, string, 'policy'] => [
      'policy',
      guard,
      'policy',
    ]),
    ['lag of the read models', 'read-models-current', 'readModelLagMs'],
    ['count of those that fail alike', 'correlated-storm', 'storm'],
    ['count of returns', 'futility', 'returns'],
    ['view of the fleet', 'fleet-concurrency', 'fleet'],
    ['view of the fleet', 'blast-radius', 'fleet'],
    ['view of the fleet', 'budget', 'fleet'],
    ['service', 'exactly-one-owned-target', 'service'],
    ['evidence', 'evidence-ceiling', 'evidence'],
    ['strategy', 'evidence-ceiling', 'strategy'],
    ['evidence', 'fresh-evidence', 'evidence'],
    ['time', 'fresh-evidence', 'nowMs'],
    ['evidence', 'symptom-persists', 'evidence'],
    ['evidence', 'target-is-failing', 'evidence'],
    ['word on the target', 'target-is-failing', 'said'],
    ['service', 'last-healthy-replica', 'service'],
    ['service', 'dependency-is-up', 'service'],
    ['look at the dependencies', 'dependency-is-up', 'dependencies'],
    ['slot', 'one-live-fix-per-target', 'slot'],
    ['slot', 'cool-down', 'slot'],
    ['slot', 'action-rate', 'slot'],
  ];

  it.each(members)('a missing or unreadable %s makes %s deny', (_needs, guard, member) => {
    for (const context of [without(member), broken(member)]) {
      expect(judge(guard, context)).toMatch(/^deny:/);
      const { decision, fix } = decideBy(askGuards(GUARDS, context));
      expect(fix).toEqual([]);
      expect(decision.data.verdict).toMatch(/deny|escalate/);
      expect(decision.data.guards).toContainEqual(expect.objectContaining({ guard, verdict: 'deny' }));
    }
  });

  it('all miss something that is tested', () => {
    expect(new Set(members.map(([, guard]) => guard))).toEqual(new Set(GUARDS.map(({ name }) => name)));
  });

  it.each(GUARDS.map(({ name }) => name))('a crash inside %s is a deny, and nothing is commanded', (name) => {
    const crashing = GUARDS.map((guard) =>
      guard.name === name
        ? {
            name,
            judge: () => {
              throw new Error('crash');
            },
          }
        : guard,
    );
    const { decision, fix } = decide(buildGuardContext(), crashing);
    expect(fix).toEqual([]);
    expect(decision.data.guards).toContainEqual({ guard: name, verdict: 'deny', reason_code: 'guard-failed' });
    expect(decision.data.verdict).toMatch(/deny|escalate/);
  });
});

describe('the guards of a further attempt', () => {
  it('leave out only what speaks of the evidence or of the slot that the fix itself holds', () => {
    const left = GUARDS.filter((guard) => !FURTHER_ATTEMPT_GUARDS.some(({ name }) => name === guard.name));
    expect(left.map(({ name }) => name)).toEqual([
      'evidence-ceiling',
      'fresh-evidence',
      'symptom-persists',
      'target-is-failing',
      'read-models-current',
      'one-live-fix-per-target',
      'cool-down',
      'futility',
      'fleet-concurrency',
    ]);
  });

  it('let nobody go on whose target no longer counts as touched when others were touched meanwhile', () => {
    const ask = (isHeld: boolean) =>
      findObjection(askGuards(FURTHER_ATTEMPT_GUARDS, buildGuardContext({ fleet: { ...ROOMY, radius: { ...FULL, isHeld } } })));
    expect([ask(true), ask(false)?.reason_code]).toEqual([undefined, 'too-many-targets-touched']);
  });
});

describe('findObjection', () => {
  const word = (given: typeof allow, guard = 'g') => ({ ...given, guard });

  it('finds none where all allow', () => {
    expect(findObjection([word(allow), word(allow)])).toBeUndefined();
  });

  it('gives a deny more weight than a defer before it', () => {
    expect(
      findObjection([word(defer('evidence-is-stale')), word(deny('owner-changed')), word(deny('needs-approval'))])?.reason_code,
    ).toBe('owner-changed');
    expect(findObjection([word(allow), word(defer('evidence-is-stale'))])?.reason_code).toBe('evidence-is-stale');
  });
});
