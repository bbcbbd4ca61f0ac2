import { Injectable } from '@nestjs/common';
import { StrategyRegistry } from '#libs/fix-strategies';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import { ExposureRecords } from '../exposures/exposure-records.ts';
import type { ExposureReading, ProbeOutcome } from '../saga/fix-saga.inputs.ts';
import type { FixSaga } from '../saga/fix-saga.ts';
import { Prober } from './probe.ts';

/** What a look finds. */
export interface Sight {
  /** Nothing is measured of what the catalogue no longer knows: that is no data, and not a failed probe. */
  probe?: ProbeOutcome;
  /** What others have counted since the fix. */
  exposures?: ExposureReading;
}

/** The orchestrator's own look at what a fix is about. */
@Injectable()
export class FixProber {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly prober: Prober,
    private readonly exposures: ExposureRecords,
    private readonly registry: StrategyRegistry,
  ) {}

  async look(saga: FixSaga): Promise<Sight> {
    const service = this.catalogue.findService(saga.target);
    const spec = this.registry.find(saga.strategy)?.verification;
    if (service === undefined || spec === undefined) return {};
    const timeoutMs = Math.min(spec.probeTimeoutMs, service.probeTimeoutMs);
    const [probe, exposures] = await Promise.all([
      this.prober.probe(service.probeUrl, timeoutMs),
      saga.state === 'verifying' ? this.exposures.readSince(saga, spec.settlingMs) : undefined,
    ]);
    return { probe, ...(exposures === undefined ? {} : { exposures }) };
  }
}
