import { findStrategy, type Situation } from '#libs/fix-strategies';
import type { IncidentEvidence } from '../incidents/incident.events.ts';
import type { RuledCandidate, RuleOutcome } from './rule-outcome.ts';
import { findRule, RULES_VERSION } from './rule-table.ts';

/** Applies the rule table to the typed evidence of an incident. Pure: the same evidence gives the same outcome. */
export function applyRules(target: string, evidence: IncidentEvidence): RuleOutcome {
  const situation: Situation = {
    serviceId: target,
    hasExited: evidence.exited,
    consecutiveFailures: evidence.consecutive_failures,
  };
  const rule = findRule(evidence.symptom);
  if (rule === undefined) return { rule: 'none', version: RULES_VERSION, candidates: [] };

  const candidates = rule.strategies.map((id) => assess(id, situation));
  const choice = candidates.find(({ allowed }) => allowed);
  const strategy = choice === undefined ? undefined : findStrategy(choice.strategy);
  return { rule: rule.id, version: RULES_VERSION, candidates, ...(strategy === undefined ? {} : { choice: strategy }) };
}

function assess(id: string, situation: Situation): RuledCandidate {
  const strategy = findStrategy(id);
  if (strategy === undefined) return { strategy: id, allowed: false, reason_code: 'strategy-not-available' };
  const applicability = strategy.applies(situation);
  return applicability.applies
    ? { strategy: id, allowed: true, reason_code: 'rule-allows' }
    : { strategy: id, allowed: false, reason_code: applicability.reasonCode };
}
