import { Injectable } from '@nestjs/common';
import { StrategyRegistry } from '#libs/fix-strategies';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import type { ProbeOutcome } from './fix-saga.inputs.ts';
import type { FixSaga } from './fix-saga.ts';
import { Prober } from './probe.ts';

/** The orchestrator's own look at what a fix is about. */
@Injectable()
export class FixProber {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly prober: Prober,
    private readonly registry: StrategyRegistry,
  ) {}

  /** Nothing is measured of what the catalogue no longer knows: that is no data, and not a failed probe. */
  async probe({ target, strategy }: FixSaga): Promise<ProbeOutcome | undefined> {
    const service = this.catalogue.findService(target);
    const timeoutMs = this.registry.find(strategy)?.verification.probeTimeoutMs;
    if (service === undefined || timeoutMs === undefined) return undefined;
    return this.prober.probe(service.probeUrl, Math.min(timeoutMs, service.probeTimeoutMs));
  }
}
