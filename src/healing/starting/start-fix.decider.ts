import type { JsonObject, LedCode, OrchestratorCode } from '#libs/contracts';
import type { Strategy } from '#libs/fix-strategies';
import type { CheckPlan } from '../../decisions/check-plan.ts';
import type { DecisionMade, DecisionVerdict, GuardWord } from '../../decisions/decision.events.ts';
import type { RuleOutcome } from '../../decisions/rule-outcome.ts';
import type { OpenedIncident } from '../../incidents/incident.ts';
import type { FixEvent } from '../saga/fix.events.ts';
import { evolveFix, type FixSaga } from '../saga/fix-saga.ts';
import { commandAttempt, startVerification } from '../saga/fix-steps.ts';
import { requestApproval } from '../approval/approval.decider.ts';
import { describeObjection, findObjection, isLeftToPersons } from '../guards/guard.ts';

/** All that a decision rests on; ids, time and hashes come from outside, so that the same inputs give the same events. */
export interface DecisionInputs {
  incident: OpenedIncident;
  outcome: RuleOutcome;
  words: readonly GuardWord[];
  decisionId: string;
  decisionEventId: string;
  fixId: string;
  agentId: string | undefined;
  nowMs: number;
  readPosition: string;
  inputs: JsonObject;
  inputsSha256: string;
  hash: (value: JsonObject) => string;
  /** How long persons have, where they have to be asked. */
  approvalTtlMs: number;
  /** Share of failing exposures before anything is done. */
  failureRate: number;
}

export interface DecidedFix {
  decision: DecisionMade;
  /** The beginning of the saga; empty unless the verdict is `act` or `confirm`. */
  fix: FixEvent[];
}

/** Guards whose objection a person must hear of: what was done so far didn't help, or nobody else may do anything. */
const GUARDS_THAT_ESCALATE: ReadonlySet<string> = new Set(['action-rate', 'futility', 'never-touch']);

/** Turns what the rules propose and the guards say into a decision, and, if it is to act, into the fix that it begins. */
export function decideFix(inputs: DecisionInputs): DecidedFix {
  const { verdict, reasonCode } = judge(inputs);
  const decision = toDecision(inputs, verdict, reasonCode);
  if (verdict === 'ask') return { decision, fix: ask(inputs) };
  return { decision, fix: verdict === 'act' ? command(inputs) : [] };
}

/** Nothing is commanded: its agent says that it is over, and probes have to tell, or a person where they failed too often. */
export function decideCheck(inputs: DecisionInputs, plan: CheckPlan): DecidedFix {
  const decision = toDecision(inputs, plan.verdict, plan.reasonCode);
  if (plan.verdict === 'escalate') return { decision, fix: [] };
  const nowMs = inputs.nowMs + plan.waitMs;
  return {
    decision,
    fix: begin(inputs, (saga, strategy) => startVerification(saga, { strategy, nowMs }, 'recovered-before-fix')),
  };
}

function judge({ outcome, words, agentId }: DecisionInputs): {
  verdict: DecisionVerdict;
  reasonCode: OrchestratorCode | LedCode;
} {
  if (outcome.rule === 'none') return { verdict: 'deny', reasonCode: 'no-rule' };
  if (outcome.isExhausted) return { verdict: 'escalate', reasonCode: 'ladder-exhausted' };
  if (outcome.choice === undefined) return { verdict: 'deny', reasonCode: outcome.candidates[0]?.reason_code ?? 'no-candidate' };
  const objection = findObjection(words);
  if (objection === undefined) {
    // Silence is no permission.
    if (words.length === 0) return { verdict: 'deny', reasonCode: 'no-guard-was-asked' };
    if (agentId === undefined) return { verdict: 'deny', reasonCode: 'no-owner' };
    return { verdict: 'act', reasonCode: 'all-guards-allow' };
  }
  const reasonCode = describeObjection(objection);
  if (isLeftToPersons(objection))
    return agentId === undefined ? { verdict: 'deny', reasonCode: 'no-owner' } : { verdict: 'ask', reasonCode };
  if (objection.verdict === 'defer') return { verdict: 'defer', reasonCode };
  return { verdict: GUARDS_THAT_ESCALATE.has(objection.guard) ? 'escalate' : 'deny', reasonCode };
}

const toDecision = (inputs: DecisionInputs, verdict: DecisionVerdict, reasonCode: string): DecisionMade => ({
  type: 'DecisionMade',
  data: {
    decision_id: inputs.decisionId,
    incident_id: inputs.incident.incidentId,
    target: inputs.incident.target,
    fingerprint: inputs.incident.fingerprint,
    decided_by: 'rules',
    rules_version: inputs.outcome.version,
    rule: inputs.outcome.rule,
    inputs_sha256: inputs.inputsSha256,
    read_position: inputs.readPosition,
    inputs: inputs.inputs,
    candidates: inputs.outcome.candidates,
    guards: inputs.words,
    choice: inputs.outcome.choice?.id ?? null,
    verdict,
    reason_code: reasonCode,
  },
});

const command = (inputs: DecisionInputs): FixEvent[] =>
  begin(inputs, (saga, strategy) => [
    { type: 'FixGuarded', data: { fix_id: inputs.fixId, guards: inputs.words } },
    ...commandAttempt(saga, { strategy, nowMs: inputs.nowMs }),
  ]);

/** The last guard is the one that asks: everything else allows it. */
const ask = (inputs: DecisionInputs): FixEvent[] =>
  begin(inputs, (saga, strategy) => [
    { type: 'FixGuarded', data: { fix_id: inputs.fixId, guards: inputs.words } },
    ...requestApproval(
      saga,
      { strategy, nowMs: inputs.nowMs },
      { hash: inputs.hash, ttlMs: inputs.approvalTtlMs, requestedBy: 'healing' },
    ),
  ]);

function begin(inputs: DecisionInputs, goOn: (saga: FixSaga, strategy: Strategy) => FixEvent[]): FixEvent[] {
  const { choice: strategy } = inputs.outcome;
  if (strategy === undefined || inputs.agentId === undefined) return [];
  const observed: FixEvent = {
    type: 'FixObserved',
    data: {
      fix_id: inputs.fixId,
      incident_id: inputs.incident.incidentId,
      fingerprint: inputs.incident.fingerprint,
      target: inputs.incident.target,
      agent_id: inputs.agentId,
      strategy: strategy.id,
      decision_event_id: inputs.decisionEventId,
      failure_rate_before: inputs.failureRate,
      fault_since: inputs.incident.openedAt,
      ...(inputs.outcome.next.length === 0 ? {} : { next_strategies: inputs.outcome.next }),
    },
  };
  const saga = evolveFix(undefined, observed, new Date(inputs.nowMs));
  return saga === undefined ? [] : [observed, ...goOn(saga, strategy)];
}
