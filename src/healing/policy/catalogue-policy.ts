import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import { PoliciesService } from './policies.service.ts';

/** Takes over what the catalogue's file says of the guards, where it says something else than the last time. */
@Injectable()
export class CataloguePolicy implements OnApplicationBootstrap {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly policies: PoliciesService,
  ) {}

  /** @throws InvalidPolicyError, which ends the start: guards that go by something else than was written are worse than none. */
  async onApplicationBootstrap(): Promise<void> {
    for (const { scope, settings } of this.catalogue.wantedPolicy()) {
      const command = {
        type: 'ChangePolicy',
        scope,
        settings,
        source: 'catalogue',
        reason: 'the file of the catalogue',
      } as const;
      await this.policies.apply(command, { actor: 'catalogue' });
    }
  }
}
