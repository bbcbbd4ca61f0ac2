import { Injectable } from '@nestjs/common';
import type { DecisionHistory } from '../../decisions/decision-history.ts';
import { DecisionsService } from '../../decisions/decisions.service.ts';
import type { IncidentOpened } from '../../incidents/incident.events.ts';
import type { IncidentEpisode } from '../../incidents/incident.ts';
import { type FoundEpisode, IncidentsService } from '../../incidents/incidents.service.ts';
import { Clock } from '../../platform/clock.ts';
import type { Recorded } from '../../platform/log/domain-event.ts';
import type { Folded } from '../../platform/log/fold-stream.ts';
import type { Cause } from '../../platform/log/log.ts';
import { DecidedFixesService } from './decided-fixes.service.ts';
import { FixDrafts } from './fix-drafts.service.ts';
import { FixRevoker } from '../verification/fix-revoker.service.ts';
import { RecoveryConfirmer } from '../verification/recovery-confirmer.service.ts';

/** How long an incident is supposed to be as it began, in milliseconds. */
const FRESH_MS = 2_000;

interface Known {
  earlier: Folded<DecisionHistory>;
  found: FoundEpisode | undefined;
  isSupposed: boolean;
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
    private readonly decided: DecidedFixesService,
    private readonly drafts: FixDrafts,
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
    const occasion = { incident, unchanged, trigger, earlier, readThrough: trigger.position };
    if (!(await this.confirmer.endCheck(occasion))) return true;
    const { decidedFix, inputs, ground, recoveredAtMs } = await this.drafts.draft(occasion);
    if (!this.decisions.repeatsLast(earlier.state, decidedFix.decision)) {
      const place = { ...occasion, key: `decide:${incidentId}:${trigger.position}`, ground };
      const status = await this.decided.append(decidedFix, inputs.decisionEventId, place);
      // What was decided on this occasion before is not what was supposed.
      if (status === 'conflict' || (isSupposed && status === 'repeated')) return false;
    }
    await this.takeWord(incident, { claimedBy: inputs.agentId, claimedAtMs: recoveredAtMs }, trigger);
    return true;
  }

  /** It can't be decided about: a person has to look. */
  giveUp(incidentId: string, cause: Cause): Promise<void> {
    return this.incidents.escalate(incidentId, 'handler-crashed', cause);
  }

  /** Its last fix was given up, and there is something else to try. */
  private async isAbandoned(incidentId: string, { count }: DecisionHistory): Promise<boolean> {
    return (await this.decided.findFix(incidentId, count))?.state === 'abandoned';
  }

  /** What the agent has said already it won't say again. */
  private async takeWord(
    { incidentId, evidence }: IncidentEpisode,
    { claimedBy, claimedAtMs }: { claimedBy: string | undefined; claimedAtMs: number | undefined },
    cause: Cause,
  ): Promise<void> {
    if (claimedBy === undefined || claimedAtMs === undefined) return;
    await this.incidents.mitigate(incidentId, { claimedBy, claimedAtMs, claimPosition: Number(evidence.report_position) }, cause);
  }
}
