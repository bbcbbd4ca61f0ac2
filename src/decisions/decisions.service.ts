import { Injectable } from '@nestjs/common';
import type { IncidentEpisode } from '../incidents/incident.ts';
import { type Folded, foldStream } from '../platform/log/fold-stream.ts';
import { Log } from '../platform/log/log.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { type CheckPlan, planCheck, planNextCheck, PROBES_KEEP_FAILING } from './check-plan.ts';
import { type DecisionHistory, evolveDecisionHistory, NOTHING_DECIDED, repeatsLast } from './decision-history.ts';
import type { DecisionMade } from './decision.events.ts';
import type { RuleOutcome } from './rule-outcome.ts';
import { applyRules } from './rules.decider.ts';

/** Which fix, or none; and what was decided before. */
@Injectable()
export class DecisionsService {
  constructor(private readonly log: Log) {}

  applyRules(incident: IncidentEpisode): RuleOutcome {
    return applyRules(incident.target, incident.evidence);
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
