import { Injectable } from '@nestjs/common';
import type { Readiness } from '#libs/contracts';
import { NatsLink } from '#libs/messaging';
import { Log } from '../platform/log/log.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';
import { Metrics } from '../platform/metrics/metrics.ts';
import { Projections } from '../platform/projections/projections.ts';

type Check = Readiness['checks'][number];

/** Whether the orchestrator can work: the log answers, NATS is connected. How far readers lag is told, and doesn't count. */
@Injectable()
export class ReadinessService {
  constructor(
    private readonly log: Log,
    private readonly link: NatsLink,
    private readonly projections: Projections,
    private readonly metrics: Metrics,
    private readonly logger: AppLogger,
  ) {}

  async check(): Promise<Readiness> {
    const checks = [await this.checkLog(), this.checkNats()];
    return { ready: checks.every(({ ok }) => ok), checks };
  }

  /** Refreshes the gauges about the log and its readers; while the log is away they stay as they were. */
  async measure(): Promise<void> {
    try {
      const head = await this.log.store.head();
      this.metrics.logHead.set(head.position);
      for (const [reader, position] of await this.log.checkpoints.loadAll())
        this.metrics.readerPosition.set({ reader }, position);
      this.metrics.setProjections(await this.projections.status());
    } catch (error) {
      this.logger.problem('the log could not be measured', error);
    }
  }

  private async checkLog(): Promise<Check> {
    try {
      const { position } = await this.log.store.head();
      return { name: 'log', ok: true, detail: `head at ${position}` };
    } catch (error) {
      return { name: 'log', ok: false, detail: error instanceof Error ? error.message : String(error) };
    }
  }

  private checkNats(): Check {
    const ok = this.link.isConnected;
    return { name: 'nats', ok, detail: ok ? 'connected' : 'not connected; trying again' };
  }
}
