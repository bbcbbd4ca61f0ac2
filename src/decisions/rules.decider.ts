import type { Situation, Strategy, StrategyRegistry } from '#libs/fix-strategies';
import type { IncidentEvidence } from '../incidents/incident.events.ts';
import type { LearnedRate } from '../learning/learned-rate.ts';
import type { RuledCandidate, RuleOutcome } from './rule-outcome.ts';
import { findRule, RULES_VERSION } from './rule-table.ts';

/** What is known of a row's strategies beside the table. */
export interface LadderKnowledge {
  /** The strategies that there are. */
  registry: StrategyRegistry;
  /** What was tried on this incident without success. */
  tried: readonly string[];
  /** How often each worked on this fault, at least; those that nobody has tried aren't in it. */
  learned: readonly LearnedRate[];
}

/**
 * Applies the rule table to the typed evidence of an incident. What has worked comes first, by the lower end of its interval, then
 * the order of the table. Pure: the same evidence gives the same outcome.
 */
export function applyRules(
  target: string,
  evidence: IncidentEvidence,
  { registry, tried, learned }: LadderKnowledge,
): RuleOutcome {
  const situation: Situation = {
    serviceId: target,
    hasExited: evidence.exited,
    consecutiveFailures: evidence.consecutive_failures,
  };
  const rule = findRule(evidence.symptom);
  if (rule === undefined) return { rule: 'none', version: RULES_VERSION, candidates: [], next: [], isExhausted: false };

  const candidates = rankLadder(rule.strategies, learned).map((id) =>
    tried.includes(id) ? triedAlready(id) : assess(id, registry.find(id), situation),
  );
  const choice = candidates.find(({ allowed }) => allowed);
  const strategy = choice === undefined ? undefined : registry.find(choice.strategy);
  const next = candidates.flatMap(({ strategy: id, allowed }) => (allowed && id !== strategy?.id ? [id] : []));
  const row = {
    rule: rule.id,
    version: RULES_VERSION,
    candidates,
    next,
    isExhausted: strategy === undefined && tried.length > 0,
  };
  return { ...row, ...(strategy === undefined ? {} : { choice: strategy }) };
}

/** What has worked comes first, by the lower end of its interval; the others keep the order that they have. */
export function rankLadder(strategies: readonly string[], learned: readonly LearnedRate[]): string[] {
  const rateOf = (id: string): number => learned.find(({ strategy }) => strategy === id)?.low ?? 0;
  return strategies.toSorted((one, other) => rateOf(other) - rateOf(one));
}

const triedAlready = (id: string): RuledCandidate => ({ strategy: id, allowed: false, reason_code: 'tried-already' });

function assess(id: string, strategy: Strategy | undefined, situation: Situation): RuledCandidate {
  if (strategy === undefined) return { strategy: id, allowed: false, reason_code: 'strategy-not-available' };
  const applicability = strategy.applies(situation);
  return applicability.applies
    ? { strategy: id, allowed: true, reason_code: 'rule-allows' }
    : { strategy: id, allowed: false, reason_code: applicability.reasonCode };
}
