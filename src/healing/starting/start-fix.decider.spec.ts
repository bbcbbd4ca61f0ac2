import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from '#libs/contracts';
import { buildGuardContext } from '../../../test/builders/fix-builder.ts';
import { getRestart } from '../../../test/builders/strategy-builder.ts';
import { BEGIN_MS, buildEpisode, KEY } from '../../../test/builders/incident-builder.ts';
import type { CheckPlan } from '../../decisions/check-plan.ts';
import type { GuardWord } from '../../decisions/decision.events.ts';
import type { RuleOutcome } from '../../decisions/rule-outcome.ts';
import { RATE_OF_NOTHING } from '../exposures/counted-samples.ts';
import { askGuards } from '../guards/guard.ts';
import { GUARDS } from '../guards/guard-list.ts';
import { type DecisionInputs, decideCheck, decideFix } from './start-fix.decider.ts';

const restartAllowed: RuleOutcome = {
  rule: 'service-down',
  version: 'rules@1',
  candidates: [{ strategy: 'restart/service', allowed: true, reason_code: 'rule-allows' }],
  choice: getRestart(),
  next: [],
  isExhausted: false,
};

const buildInputs = (parts: Partial<DecisionInputs> = {}): DecisionInputs => ({
  incident: buildEpisode(),
  outcome: restartAllowed,
  words: askGuards(GUARDS, buildGuardContext()),
  decisionId: `${KEY}-1-d1`,
  decisionEventId: '01900000-0000-7000-8000-00000000000d',
  fixId: `${KEY}-1-1`,
  agentId: 'memory-agent',
  nowMs: BEGIN_MS,
  readPosition: '7',
  inputs: { why: 'because' },
  inputsSha256: 'f'.repeat(64),
  hash: (value) => `hash of ${canonicalJson(value)}`,
  approvalTtlMs: 900_000,
  failureRate: RATE_OF_NOTHING,
  ...parts,
});
const objecting = (guard: string, verdict: 'deny' | 'defer'): GuardWord[] => [
  { guard: 'first', verdict: 'allow', reason_code: 'ok' },
  { guard, verdict, reason_code: 'reason' },
];

describe('decideFix', () => {
  it('begins and commands the fix when all guards allow', () => {
    const { decision, fix } = decideFix(buildInputs());
    expect(decision.data).toMatchObject({ verdict: 'act', choice: 'restart/service', reason_code: 'all-guards-allow' });
    expect(fix.map(({ type }) => type)).toEqual(['FixObserved', 'FixGuarded', 'FixCommanded', 'TimerSet']);
  });

  it('refers from the fix to its decision', () => {
    const { fix } = decideFix(buildInputs());
    const decision_event_id = '01900000-0000-7000-8000-00000000000d';
    expect(fix.filter(({ data }) => 'decision_event_id' in data)).toMatchObject([
      { data: { decision_event_id } },
      { data: { decision_event_id } },
    ]);
  });

  it('tells the fix how often its service failed before, and since when', () => {
    const { fix } = decideFix(buildInputs({ failureRate: 0.3 }));
    expect(fix[0]?.data).toMatchObject({ failure_rate_before: 0.3, fault_since: buildEpisode().openedAt });
  });

  it('comes to the same from the same inputs', () => {
    expect(decideFix(buildInputs())).toEqual(decideFix(buildInputs()));
  });

  it('records what it rests on, and every word', () => {
    const { data } = decideFix(buildInputs()).decision;
    expect(data).toMatchObject({ read_position: '7', inputs: { why: 'because' }, rules_version: 'rules@1', decided_by: 'rules' });
    expect(data.guards).toHaveLength(GUARDS.length);
  });

  it.each<[string, Partial<DecisionInputs>, { verdict: string; reason_code: string; choice: string | null }]>([
    [
      'no rule knows the symptom',
      { outcome: { rule: 'none', version: 'rules@1', candidates: [], next: [], isExhausted: false } },
      { verdict: 'deny', reason_code: 'no-rule', choice: null },
    ],
    [
      'no candidate may be taken',
      {
        outcome: {
          rule: 'syntax-error',
          version: 'rules@1',
          candidates: [{ strategy: 'patch/x', allowed: false, reason_code: 'strategy-not-available' }],
          next: [],
          isExhausted: false,
        },
      },
      { verdict: 'deny', reason_code: 'strategy-not-available', choice: null },
    ],
    [
      'a guard denies',
      { words: objecting('autonomy', 'deny') },
      { verdict: 'deny', reason_code: 'autonomy:reason', choice: 'restart/service' },
    ],
    [
      'a guard defers',
      { words: objecting('fresh-evidence', 'defer') },
      { verdict: 'defer', reason_code: 'fresh-evidence:reason', choice: 'restart/service' },
    ],
    [
      'too much was tried',
      { words: objecting('action-rate', 'deny') },
      { verdict: 'escalate', reason_code: 'action-rate:reason', choice: 'restart/service' },
    ],
    ['nobody was asked', { words: [] }, { verdict: 'deny', reason_code: 'no-guard-was-asked', choice: 'restart/service' }],
    ['no agent owns the target', { agentId: undefined }, { verdict: 'deny', reason_code: 'no-owner', choice: 'restart/service' }],
  ])('commands nothing when %s', (_case, parts, data) => {
    const { decision, fix } = decideFix(buildInputs(parts));
    expect(fix).toEqual([]);
    expect(decision.data).toMatchObject(data);
  });
});

const checkAfter = (waitMs: number): CheckPlan => ({ verdict: 'confirm', reasonCode: 'said-to-be-healthy', waitMs });

describe('decideCheck', () => {
  it('commands nothing and begins with the probes, as after a fix', () => {
    const { decision, fix } = decideCheck(buildInputs({ words: [] }), checkAfter(0));
    expect(decision.data).toMatchObject({ verdict: 'confirm', reason_code: 'said-to-be-healthy', guards: [] });
    expect(fix.map(({ type }) => type)).toEqual(['FixObserved', 'VerificationStarted', 'TimerSet', 'TimerSet']);
    expect(fix[1]).toMatchObject({ data: { because: 'recovered-before-fix', required_clean: 6 } });
  });

  it('waits before it looks again, and its window with it', () => {
    const timers = decideCheck(buildInputs(), checkAfter(300_000)).fix.filter(({ type }) => type === 'TimerSet');
    expect(timers).toMatchObject([
      { data: { name: 'probe', due_at: '2026-01-01T00:05:00.000Z' } },
      { data: { name: 'verification-deadline', due_at: '2026-01-01T00:06:00.000Z' } },
    ]);
  });

  it('begins nothing where nobody says how success is checked, or by whom it is owned', () => {
    const outcome = { rule: 'none', version: 'rules@1', candidates: [], next: [], isExhausted: false };
    const noRule = { outcome };
    for (const parts of [noRule, { agentId: undefined }]) expect(decideCheck(buildInputs(parts), checkAfter(0)).fix).toEqual([]);
  });

  it('begins nothing where a person has to look', () => {
    const { decision, fix } = decideCheck(buildInputs(), {
      verdict: 'escalate',
      reasonCode: 'said-to-be-healthy-but-probes-fail',
    });
    expect(fix).toEqual([]);
    expect(decision.data).toMatchObject({
      verdict: 'escalate',
      reason_code: 'said-to-be-healthy-but-probes-fail',
      choice: 'restart/service',
    });
  });
});
