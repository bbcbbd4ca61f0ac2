import { Injectable } from '@nestjs/common';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import type { CheckPlan } from '../../decisions/check-plan.ts';
import type { DecisionHistory } from '../../decisions/decision-history.ts';
import { DecisionsService } from '../../decisions/decisions.service.ts';
import { IncidentsService } from '../../incidents/incidents.service.ts';
import { Clock } from '../../platform/clock.ts';
import type { Recorded } from '../../platform/log/domain-event.ts';
import type { Cause } from '../../platform/log/log.ts';
import { DecidedFixesService, type DecisionOccasion } from '../starting/decided-fixes.service.ts';
import type { FixWithdrawn } from '../saga/fix.events.ts';
import { computeFixId, REPORTED_AGAIN } from '../saga/fix-steps.ts';
import { FixesService } from '../saga/fixes.service.ts';
import { decideCheck } from '../starting/start-fix.decider.ts';

/**
 * Checks for itself what an agent says of an incident with which no fix is busy: that it is over. The check is a fix without a
 * command. It holds no slot, so that it is in nobody's way.
 */
@Injectable()
export class RecoveryConfirmer {
  constructor(
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
    private readonly decisions: DecisionsService,
    private readonly incidents: IncidentsService,
    private readonly fixes: FixesService,
    private readonly decided: DecidedFixesService,
  ) {}

  /** Begins the check, unless one is under way, or a fix. */
  confirm(incidentId: string, trigger: Cause): Promise<void> {
    return this.check(incidentId, trigger, (history) => this.decisions.planCheck(history, this.clock.nowMs()));
  }

  /** What was said may still be true when the probes couldn't tell so; what the agent itself took back is over with. */
  async confirmLater({ data, id, position }: Recorded<FixWithdrawn>): Promise<void> {
    if (data.reason_code === REPORTED_AGAIN) return;
    await this.check(data.incident_id, { id, position }, (history) => this.decisions.planNextCheck(history));
  }

  /**
   * Ends the check of an incident that is open again, and tells whether there is none any more. One that another agent began
   * goes on, as does what it has found already and is on its way to the incident.
   */
  async endCheck({ incident, trigger, earlier: { state } }: DecisionOccasion): Promise<boolean> {
    const { incidentId, fingerprint, evidence } = incident;
    if (state.last?.verdict !== 'confirm') return true;
    await this.fixes.advance(computeFixId(incidentId, state.count), {
      input: { type: 'fault', agentId: evidence.agent_id, fingerprint, observedAtMs: Date.parse(evidence.observed_at) },
      key: `reopened:${trigger.position}`,
      cause: trigger,
    });
    return !(await this.isLive(incidentId, state));
  }

  private async check(incidentId: string, trigger: Cause, plan: (history: DecisionHistory) => CheckPlan): Promise<void> {
    for (;;) {
      const earlier = await this.decisions.loadHistory(incidentId);
      const found = await this.incidents.findEpisode(incidentId);
      if (found?.episode.state !== 'mitigated' || (await this.isLive(incidentId, earlier.state))) return;
      const { episode: incident, unchanged } = found;
      const occasion = { incident, unchanged, trigger, earlier, readThrough: trigger.position };
      const { outcome } = await this.decisions.applyRules(incident, []);
      const service = this.catalogue.findService(incident.target);
      // Without a strategy nobody says how success is checked, and without an entry nobody knows where.
      if (outcome.choice === undefined || service === undefined) return;
      const nowMs = this.clock.nowMs();
      const { evidence } = incident;
      const identity = this.decided.identify(occasion, { evidence, service: { ...service }, now_ms: nowMs });
      const failureRate = await this.decided.readFailureRate(incident);
      const inputs = { ...identity, outcome, words: [], agentId: service.ownerAgent, nowMs, approvalTtlMs: 0, failureRate };
      const decided = decideCheck(inputs, plan(earlier.state));
      const place = { ...occasion, key: `confirm:${incidentId}:${trigger.position}` };
      if ((await this.decided.append(decided, identity.decisionEventId, place)) !== 'conflict') return;
    }
  }

  /** One that has healed counts as live: what it found is still on its way to the incident. */
  private async isLive(incidentId: string, { last, count }: DecisionHistory): Promise<boolean> {
    if (last === undefined || !['confirm', 'act', 'ask'].includes(last.verdict)) return false;
    const { state } = await this.fixes.load(computeFixId(incidentId, count));
    return state !== undefined && state.state !== 'withdrawn' && state.state !== 'escalated' && state.state !== 'undone';
  }
}
