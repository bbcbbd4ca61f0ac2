import { Injectable } from '@nestjs/common';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import type { ServiceStateChanged } from '../catalogue/service-state.events.ts';
import { ServiceIncidents } from '../incidents/service-incidents.service.ts';
import type { Recorded } from '../platform/log/domain-event.ts';
import { FixStarter } from './fix-starter.service.ts';
import { RecoveryConfirmer } from './recovery-confirmer.service.ts';

/** What follows when a service is said to be healthy again. */
@Injectable()
export class ServiceRecoveries {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly incidents: ServiceIncidents,
    private readonly starter: FixStarter,
    private readonly confirmer: RecoveryConfirmer,
  ) {}

  async onStateChanged(event: Recorded<ServiceStateChanged>): Promise<void> {
    const { service_id: serviceId, to } = event.data;
    if (to !== 'healthy') return;
    // Those that were checked before without success; the others are told of by IncidentMitigated.
    for (const incidentId of await this.incidents.findUndecided(serviceId, 'mitigated'))
      await this.confirmer.confirm(incidentId, event);
    for (const { id } of this.catalogue.dependentsOf(serviceId)) {
      for (const incidentId of await this.incidents.findUndecided(id, 'open')) await this.starter.consider(incidentId, event);
    }
  }
}
