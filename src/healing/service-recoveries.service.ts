import { Injectable } from '@nestjs/common';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import type { ServiceStateChanged } from '../catalogue/service-state.events.ts';
import { ServiceStatesService } from '../catalogue/service-states.service.ts';
import { PROBES_KEEP_FAILING } from '../decisions/check-plan.ts';
import type { IncidentEscalated } from '../incidents/incident.events.ts';
import { IncidentsService } from '../incidents/incidents.service.ts';
import { ServiceIncidents } from '../incidents/service-incidents.service.ts';
import type { Recorded } from '../platform/log/domain-event.ts';
import { FixStarter } from './fix-starter.service.ts';
import { isHealthySince } from './guards/guard.ts';
import { RecoveryConfirmer } from './recovery-confirmer.service.ts';
import { SharedLooks } from './shared-looks.ts';

/** What follows when a service is said to be healthy again. */
@Injectable()
export class ServiceRecoveries {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly states: ServiceStatesService,
    private readonly incidents: IncidentsService,
    private readonly listed: ServiceIncidents,
    private readonly looks: SharedLooks,
    private readonly starter: FixStarter,
    private readonly confirmer: RecoveryConfirmer,
  ) {}

  async onStateChanged(event: Recorded<ServiceStateChanged>): Promise<void> {
    const { service_id: serviceId, to } = event.data;
    if (to !== 'healthy') return;
    // Those that were checked before without success; the others are told of by IncidentMitigated.
    for (const incidentId of await this.listed.findLatest(serviceId, 'mitigated'))
      await this.confirmer.confirm(incidentId, event);
    for (const { id } of this.catalogue.dependentsOf(serviceId)) {
      for (const incidentId of await this.listed.findLatest(id, 'open')) await this.starter.consider(incidentId, event);
    }
  }

  /**
   * A person is told of something that is over by now: nobody would say again that it is. Its agent alone isn't believed, for what
   * falls and rises may just have fallen again.
   */
  async onEscalated({ data, id, position }: Recorded<IncidentEscalated>): Promise<void> {
    if (data.reason_code === PROBES_KEEP_FAILING) return;
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
