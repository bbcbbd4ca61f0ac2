import { Injectable } from '@nestjs/common';
import type { Readiness } from '#libs/contracts';
import { NatsLink } from '#libs/messaging';
import { Log } from '../platform/log/log.ts';
import { LogSubscriptions } from '../platform/log/log-subscriptions.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';
import { Metrics } from '../platform/metrics/metrics.ts';
import { Projections } from '../platform/projections/projections.ts';

type Check = Readiness['checks'][number];

/** Whether the orchestrator can work: the log answers and can be read, NATS is connected. How far readers lag is told, and doesn't count. */
@Injectable()
export class ReadinessService {
  constructor(
    private readonly log: Log,
    private readonly link: NatsLink,
    private readonly subscriptions: LogSubscriptions,
    private readonly projections: Projections,
    private readonly metrics: Metrics,
    private readonly logger: AppLogger,
  ) {}

  async check(): Promise<Readiness> {
    const checks = [await this.checkLog(), this.checkRelease(), this.checkNats()];
    return { ready: checks.every(({ ok }) => ok), checks };
  }

  /** Refreshes the gauges about the log and its readers; while the log is away they stay as they were. */
  async measure(): Promise<void> {
    const { outdatedBy, headStartMs } = this.subscriptions;
    this.metrics.releaseOutdated.set(outdatedBy === undefined ? 0 : 1);
    this.metrics.goesFirst.set(headStartMs === 0 ? 1 : 0);
    try {
      const head = await this.log.store.head();
      this.metrics.logHead.set(head.position);
      const positions = await this.log.checkpoints.loadAll();
      for (const reader of new Set([...this.subscriptions.names, ...positions.keys()]))
        this.metrics.readerPosition.set({ reader }, positions.get(reader) ?? 0);
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

  /** An older one beside a newer one waits for its end, and is sent nobody meanwhile. */
  private checkRelease(): Check {
    const { outdatedBy } = this.subscriptions;
    return { name: 'release', ok: outdatedBy === undefined, detail: outdatedBy ?? 'it knows all events of the log' };
  }

  private checkNats(): Check {
    const ok = this.link.isConnected;
    return { name: 'nats', ok, detail: ok ? 'connected' : 'not connected; trying again' };
  }
}
