import { Injectable } from '@nestjs/common';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import type { ServiceStateChanged } from '../../catalogue/service-state.events.ts';
import type { IncidentMitigated } from '../../incidents/incident.events.ts';
import { ServiceIncidents } from '../../incidents/service-incidents.service.ts';
import type { Recorded } from '../../platform/log/domain-event.ts';
import type { FixWithdrawn } from '../saga/fix.events.ts';
import type { FixUndone } from '../undo/undo.events.ts';
import { FixStarter } from '../starting/fix-starter.service.ts';
import { RecoveryConfirmer } from './recovery-confirmer.service.ts';

/** What follows when something is said to be over, and when it turns out not to be. */
@Injectable()
export class ServiceRecoveries {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly incidents: ServiceIncidents,
    private readonly starter: FixStarter,
    private readonly confirmer: RecoveryConfirmer,
  ) {}

  onMitigated(event: Recorded<IncidentMitigated>): Promise<void> {
    return this.confirmer.confirm(event.data.incident_id, event);
  }

  async onWithdrawn(event: Recorded<FixWithdrawn>): Promise<void> {
    await this.confirmer.confirmLater(event);
    // It may have been opened again during the check, and nobody has decided about it.
    await this.starter.consider(event.data.incident_id, event);
  }

  /** What was said to be over while it was undone is checked now. */
  onUndone(event: Recorded<FixUndone>): Promise<void> {
    return this.confirmer.confirm(event.data.incident_id, event);
  }

  async onStateChanged(event: Recorded<ServiceStateChanged>): Promise<void> {
    const { service_id: serviceId, to } = event.data;
    if (to !== 'healthy') return;
    // Those that were checked before without success; the others are told of by IncidentMitigated.
    for (const incidentId of await this.incidents.findLatest(serviceId, 'mitigated'))
      await this.confirmer.confirm(incidentId, event);
    for (const { id } of this.catalogue.dependentsOf(serviceId)) {
      for (const incidentId of await this.incidents.findLatest(id, 'open')) await this.starter.consider(incidentId, event);
    }
  }
}
