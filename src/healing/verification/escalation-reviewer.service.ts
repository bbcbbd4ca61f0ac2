import { Injectable } from '@nestjs/common';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import { ServiceStatesService } from '../../catalogue/service-states.service.ts';
import { DecisionsService } from '../../decisions/decisions.service.ts';
import type { IncidentEscalated } from '../../incidents/incident.events.ts';
import { IncidentsService } from '../../incidents/incidents.service.ts';
import type { Recorded } from '../../platform/log/domain-event.ts';
import { isHealthySince } from '../guards/guard.ts';
import { SharedLooks } from './shared-looks.ts';
import { isOfUndo } from '../undo/undo.ts';

/** Looks whether what a person is told of is over by now: its agent may have said so before, and nobody would say it again. */
@Injectable()
export class EscalationReviewer {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly states: ServiceStatesService,
    private readonly decisions: DecisionsService,
    private readonly incidents: IncidentsService,
    private readonly looks: SharedLooks,
  ) {}

  /** Its agent alone isn't believed: what falls and rises may just have fallen again. */
  async review({ data, id, position }: Recorded<IncidentEscalated>): Promise<void> {
    // Something is left that should be gone, however well the service is.
    if (this.decisions.refutesAgent(data.reason_code) || isOfUndo(data.reason_code)) return;
    const found = await this.incidents.findEpisode(data.incident_id);
    if (found?.episode.state !== 'escalated') return;
    const { incidentId, target, evidence } = found.episode;
    const service = this.catalogue.findService(target);
    if (service?.ownerAgent === undefined) return;
    const said = await this.states.load(target);
    if (said.saidAtMs === undefined || !isHealthySince(said, Date.parse(evidence.observed_at))) return;
    if (!(await this.looks.look(service, said.saidAtMs)).ok) return;
    const claim = { claimedBy: service.ownerAgent, claimedAtMs: said.saidAtMs, claimPosition: Number(evidence.report_position) };
    await this.incidents.mitigate(incidentId, claim, { id, position });
  }
}
