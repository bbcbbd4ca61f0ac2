import { Injectable } from '@nestjs/common';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import { ServiceIncidents } from '../incidents/service-incidents.service.ts';
import { EscalationsService } from './escalations.service.ts';
import {
  chooseRoot,
  type Dependencies,
  listCandidateRoots,
  listNeeded,
  type OpenEscalation,
  type Trigger,
} from './root-cause.ts';

/** Finds out what is behind a trigger, from the catalogue and from what is open. */
@Injectable()
export class RootCauses {
  private readonly dependencies: Dependencies;

  constructor(
    catalogue: CatalogueService,
    private readonly incidents: ServiceIncidents,
    private readonly escalations: EscalationsService,
  ) {
    this.dependencies = {
      dependsOn: (service) => catalogue.findService(service)?.dependsOn ?? [],
      ownerOf: (service) => catalogue.findService(service)?.ownerAgent,
    };
  }

  async find(trigger: Trigger): Promise<string> {
    const open: OpenEscalation[] = [];
    for (const root of listCandidateRoots(trigger, this.dependencies)) {
      const { state } = await this.escalations.load(root);
      if (state?.state === 'open') open.push(state);
    }
    return chooseRoot(trigger, open, await this.findFailing(trigger, open.length > 0), this.dependencies);
  }

  /** Only asked for where nothing that is open has the answer. */
  private async findFailing(trigger: Trigger, isKnown: boolean): Promise<ReadonlySet<string>> {
    if (isKnown || trigger.type !== 'incident') return new Set();
    const needed = listNeeded(trigger.service, this.dependencies);
    return new Set(needed.length === 0 ? [] : await this.incidents.findFailing(needed));
  }
}
