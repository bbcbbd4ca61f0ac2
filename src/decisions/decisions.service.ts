import { Injectable } from '@nestjs/common';
import { StrategyRegistry } from '#libs/fix-strategies';
import type { OpenedIncident } from '../incidents/incident.ts';
import { FixSuccessService } from '../learning/fix-success.service.ts';
import type { LearnedRate } from '../learning/learned-rate.ts';
import { type Folded, foldStream } from '../platform/log/fold-stream.ts';
import { Log } from '../platform/log/log.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { type CheckPlan, planCheck, planNextCheck, PROBES_KEEP_FAILING } from './check-plan.ts';
import { type DecisionHistory, evolveDecisionHistory, NOTHING_DECIDED, repeatsLast } from './decision-history.ts';
import type { DecisionMade } from './decision.events.ts';
import type { RuleOutcome } from './rule-outcome.ts';
import { findRule } from './rule-table.ts';
import { applyRules } from './rules.decider.ts';

/** What the rules say, and the rates by which they were ordered. */
export interface RuledIncident {
  outcome: RuleOutcome;
  learned: readonly LearnedRate[];
}

/** Which fix, or none; and what was decided before. */
@Injectable()
export class DecisionsService {
  constructor(
    private readonly log: Log,
    private readonly success: FixSuccessService,
    private readonly registry: StrategyRegistry,
  ) {}

  /** @param tried strategies that didn't help this time */
  async applyRules({ target, evidence, fingerprint }: OpenedIncident, tried: readonly string[]): Promise<RuledIncident> {
    const strategies = findRule(evidence.symptom)?.strategies ?? [];
    // One alone comes first whatever is known of it.
    const learned = strategies.length > 1 ? await this.success.load(fingerprint, strategies) : [];
    return { outcome: applyRules(target, evidence, { registry: this.registry, tried, learned }), learned };
  }

  /** The history of an incident about which nobody has decided yet. */
  get noHistory(): Folded<DecisionHistory> {
    return { state: NOTHING_DECIDED, version: 0 };
  }

  repeatsLast(history: DecisionHistory, decision: DecisionMade): boolean {
    return repeatsLast(history, decision);
  }

  planCheck(history: DecisionHistory, nowMs: number): CheckPlan {
    return planCheck(history, nowMs);
  }

  planNextCheck(history: DecisionHistory): CheckPlan {
    return planNextCheck(history);
  }

  /** Whether a person was told because probes contradict the agent, whose word alone counts no more. */
  refutesAgent(reasonCode: string): boolean {
    return reasonCode === PROBES_KEEP_FAILING;
  }

  loadHistory(incidentId: string): Promise<Folded<DecisionHistory>> {
    return foldStream<DecisionHistory, DecisionMade>(
      this.log.store,
      logStreams.decision(incidentId),
      NOTHING_DECIDED,
      evolveDecisionHistory,
    );
  }
}
