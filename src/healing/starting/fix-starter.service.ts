import { Injectable } from '@nestjs/common';
import type { Strategy } from '#libs/fix-strategies';
import type { DecisionHistory } from '../../decisions/decision-history.ts';
import { DecisionsService, type RuledIncident } from '../../decisions/decisions.service.ts';
import type { IncidentOpened } from '../../incidents/incident.events.ts';
import type { IncidentEpisode } from '../../incidents/incident.ts';
import { type FoundEpisode, IncidentsService } from '../../incidents/incidents.service.ts';
import { Clock } from '../../platform/clock.ts';
import type { Recorded } from '../../platform/log/domain-event.ts';
import type { Folded } from '../../platform/log/fold-stream.ts';
import type { Cause } from '../../platform/log/log.ts';
import { DecidedFixesService, type DecisionOccasion } from './decided-fixes.service.ts';
import { NOTHING_COUNTED } from '../exposures/counted-samples.ts';
import { FixRevoker } from '../verification/fix-revoker.service.ts';
import { describeContext } from '../guards/describe-context.ts';
import { findObjection, type TargetContext } from '../guards/guard.ts';
import { GUARDS, TARGET_IS_HEALTHY_AGAIN } from '../guards/guard-list.ts';
import { RecoveryConfirmer } from '../verification/recovery-confirmer.service.ts';
import { type DecisionInputs, decideFix } from './start-fix.decider.ts';
import type { ActionGround } from '../slots/reservations.ts';
import { type GatheredContext, TargetContextsService } from './target-contexts.service.ts';

/** How long an incident is supposed to be as it began, in milliseconds. */
const FRESH_MS = 2_000;

interface Known {
  earlier: Folded<DecisionHistory>;
  found: FoundEpisode | undefined;
  isSupposed: boolean;
}

interface Gathered extends Pick<DecisionInputs, 'before'> {
  gathered: GatheredContext | undefined;
}

/** Decides about an incident; a fix that is begun is commanded in the same append as its decision. */
@Injectable()
export class FixStarter {
  constructor(
    private readonly clock: Clock,
    private readonly decisions: DecisionsService,
    private readonly incidents: IncidentsService,
    private readonly revoker: FixRevoker,
    private readonly confirmer: RecoveryConfirmer,
    private readonly contexts: TargetContextsService,
    private readonly decided: DecidedFixesService,
  ) {}

  /** What was deferred or denied is asked again each time more is known; the same answer again isn't stored. */
  async consider(incidentId: string, trigger: Cause): Promise<void> {
    while (!(await this.decide(await this.look(incidentId), trigger)));
  }

  /**
   * One that has just begun. That nobody decided or reported anything since is supposed at first: where that is wrong the log refuses
   * the decision, and all is looked at.
   */
  async considerOpened(opened: Recorded<IncidentOpened>): Promise<void> {
    const isFresh = this.clock.nowMs() < opened.recordedAt.getTime() + FRESH_MS;
    const found = isFresh ? this.incidents.supposeOpened(opened) : undefined;
    const earlier = this.decisions.noHistory;
    if (found !== undefined && (await this.decide({ earlier, found, isSupposed: true }, opened))) return;
    await this.consider(opened.data.incident_id, opened);
  }

  private async look(incidentId: string): Promise<Known> {
    const [earlier, found] = await Promise.all([this.decisions.loadHistory(incidentId), this.incidents.findEpisode(incidentId)]);
    return { earlier, found, isSupposed: false };
  }

  /** @returns whether nothing is left to decide for now; if not, what is known is out of date */
  private async decide({ earlier, found, isSupposed }: Known, trigger: Cause): Promise<boolean> {
    if (found === undefined || found.episode.state !== 'open') return true;
    const { episode: incident, unchanged } = found;
    const { incidentId } = incident;
    if (!earlier.state.isOpen && !(await this.isAbandoned(incidentId, earlier.state))) return true;
    await this.revoker.revokeEarlierSuccess(incident, trigger);
    const occasion = { incident, unchanged, trigger, earlier };
    if (!(await this.confirmer.endCheck(occasion))) return true;
    const { outcome, learned } = await this.decisions.applyRules(incident, earlier.state.tried);
    const { gathered, before } = await this.gather(outcome.choice, incident);
    const inputs = await this.prepare(occasion, { outcome, learned, before }, gathered?.context);
    const decidedFix = decideFix(inputs);
    const place = { ...occasion, key: `decide:${incidentId}:${trigger.position}`, ground: gathered && toGround(gathered) };
    if (!this.decisions.repeatsLast(earlier.state, decidedFix.decision)) {
      const status = await this.decided.append(decidedFix, inputs.decisionEventId, place);
      // What was decided on this occasion before is not what was supposed.
      if (status === 'conflict' || (isSupposed && status === 'repeated')) return false;
    }
    await this.takeWord(inputs, gathered?.context.said.saidAtMs, trigger);
    return true;
  }

  /** Where nothing is to be done nothing is asked. */
  private async gather(choice: Strategy | undefined, incident: IncidentEpisode): Promise<Gathered> {
    if (choice === undefined) return { gathered: undefined, before: NOTHING_COUNTED };
    const [gathered, before] = await Promise.all([
      this.contexts.gather(choice, incident.target),
      this.decided.readBefore(incident),
    ]);
    return { gathered, before };
  }

  /** It can't be decided about: a person has to look. */
  giveUp(incidentId: string, cause: Cause): Promise<void> {
    return this.incidents.escalate(incidentId, 'handler-crashed', cause);
  }

  /** Its last fix was given up, and there is something else to try. */
  private async isAbandoned(incidentId: string, { count }: DecisionHistory): Promise<boolean> {
    return (await this.decided.findFix(incidentId, count))?.state === 'abandoned';
  }

  /** Where the agent called it healthy before its report of the fault came in, nobody would say so again. */
  private async takeWord(
    { incident, words, agentId }: DecisionInputs,
    claimedAtMs: number | undefined,
    cause: Cause,
  ): Promise<void> {
    if (findObjection(words)?.reason_code !== TARGET_IS_HEALTHY_AGAIN) return;
    if (agentId === undefined || claimedAtMs === undefined) return;
    const claim = { claimedBy: agentId, claimedAtMs, claimPosition: Number(incident.evidence.report_position) };
    await this.incidents.mitigate(incident.incidentId, claim, cause);
  }

  private async prepare(
    occasion: DecisionOccasion,
    { outcome, learned, before }: RuledIncident & Pick<DecisionInputs, 'before'>,
    context: TargetContext | undefined,
  ): Promise<DecisionInputs> {
    const { evidence } = occasion.incident;
    const returns = this.incidents.countReturns(occasion.incident, this.clock.nowMs());
    const asked = context && (await this.contexts.ask(GUARDS, { ...context, evidence, returns }));
    const nowMs = asked?.context.nowMs ?? this.clock.nowMs();
    const rates = learned.length === 0 ? {} : { learned: [...learned] };
    const inputs = { evidence, ...rates, ...(asked === undefined ? { now_ms: nowMs } : describeContext(asked.context)) };
    const agentId = asked?.context.agentId;
    const approvalTtlMs = asked?.context.policy?.limits.approval_ttl_ms ?? 0;
    const identity = this.decided.identify(occasion, inputs);
    return { ...identity, outcome, words: asked?.words ?? [], agentId, nowMs, approvalTtlMs, before };
  }
}

const toGround = ({ slotVersion, context, conditions }: GatheredContext): ActionGround => ({
  slotVersion,
  rooms: context.fleet,
  conditions,
});
