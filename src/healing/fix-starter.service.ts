import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { formatPosition } from '#libs/contracts';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import type { DecisionMade } from '../decisions/decision.events.ts';
import { DecisionsService } from '../decisions/decisions.service.ts';
import type { IncidentEpisode } from '../incidents/incident.ts';
import { IncidentsService } from '../incidents/incidents.service.ts';
import { Clock } from '../platform/clock.ts';
import { unchangedSince } from '../platform/log/fold-stream.ts';
import { type Cause, hashOf, Log } from '../platform/log/log.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { FixRevoker } from './fix-revoker.service.ts';
import type { GuardContext } from './guards/guard.ts';
import { askGuards } from './guards/guard.ts';
import { GUARDS } from './guards/guard-list.ts';
import { slotEventsOf } from './slot.decider.ts';
import { SlotsService } from './slots.service.ts';
import { type DecidedFix, decideFix } from './start-fix.decider.ts';

/** Decides about an incident; a fix that is begun is commanded in the same append as its decision. */
@Injectable()
export class FixStarter {
  constructor(
    private readonly log: Log,
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
    private readonly decisions: DecisionsService,
    private readonly slots: SlotsService,
    private readonly incidents: IncidentsService,
    private readonly revoker: FixRevoker,
  ) {}

  /** What was deferred or denied is asked again each time more is known; the same answer again isn't stored. */
  async consider(incidentId: string, trigger: Cause): Promise<void> {
    for (;;) {
      // First the short stream: an incident that goes on for days is long.
      const earlier = await this.decisions.loadHistory(incidentId);
      if (!earlier.state.isOpen) return;
      const incident = await this.incidents.findEpisode(incidentId);
      if (incident?.state !== 'open') return;
      await this.revoker.revokeEarlierSuccess(incident, trigger);
      const slot = await this.slots.load(incident.target);
      const decided = this.decide(incident, trigger, slot.state, earlier.state.count + 1);
      const { decision, fix } = decided;
      if (this.decisions.repeatsLast(earlier.state, decision)) return;
      const result = await this.log.append({
        actor: 'healing',
        key: `decide:${incident.incidentId}:${trigger.position}`,
        correlationId: incident.incidentId,
        cause: trigger,
        eventIds: new Map([[decision, decided.decisionEventId]]),
        writes: [
          { stream: logStreams.decision(incident.incidentId), expected: unchangedSince(earlier), events: [decision] },
          { stream: logStreams.fix(decided.fixId), expected: 'none', events: fix },
          {
            stream: logStreams.slot(incident.target),
            expected: unchangedSince(slot),
            events: slotEventsOf(incident.target, fix),
          },
        ],
      });
      if (result.status !== 'conflict') return;
    }
  }

  private decide(
    incident: IncidentEpisode,
    trigger: Cause,
    slot: GuardContext['slot'],
    ordinal: number,
  ): DecidedFix & { decision: DecisionMade; decisionEventId: string; fixId: string } {
    const outcome = this.decisions.applyRules(incident);
    const service = this.catalogue.findService(incident.target);
    const nowMs = this.clock.nowMs();
    const { choice } = outcome;
    const words =
      choice === undefined
        ? []
        : askGuards(GUARDS, {
            nowMs,
            strategy: choice,
            target: incident.target,
            agentId: service?.ownerAgent,
            evidence: incident.evidence,
            service,
            slot,
          });
    const inputs = {
      evidence: incident.evidence,
      service: service === undefined ? null : { ...service },
      slot: { live_fix: slot.liveFix ?? null, reserved_at_ms: slot.reservedAtMs },
      now_ms: nowMs,
    };
    const decisionEventId = uuidv7();
    const fixId = `${incident.incidentId}-${ordinal}`;
    const decided = decideFix({
      incident,
      outcome,
      words,
      decisionId: `${incident.incidentId}-d${ordinal}`,
      decisionEventId,
      fixId,
      agentId: service?.ownerAgent,
      nowMs,
      readPosition: formatPosition(trigger.position),
      inputs,
      inputsSha256: hashOf(inputs),
    });
    return { ...decided, decisionEventId, fixId };
  }
}
