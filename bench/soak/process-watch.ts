import { readdirSync } from 'node:fs';
import type { LogWatch } from '../installation/log-watch.ts';
import type { Series } from './line-plot.ts';
import type { Point } from './theil-sen.ts';

export const LOOKS_EVERY_MS = 5_000;
const CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'zantara%'";
const MS_PER_HOUR = 3_600_000;

/** Counts what a process has open. What can't be counted at a moment, as PostgreSQL is away, is left out. */
export class ProcessWatch {
  readonly descriptors: Point[] = [];
  readonly connections: Point[] = [];
  private readonly beganAtMs = performance.now();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly pid: number,
    private readonly log: LogWatch,
  ) {
    this.timer = setInterval(() => void this.look().catch(() => undefined), LOOKS_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** For a plot. */
  get series(): Series[] {
    return [
      { title: 'descriptors of the orchestrator', unit: '', points: this.descriptors },
      { title: 'connections to PostgreSQL', unit: '', points: this.connections },
    ];
  }

  private async look(): Promise<void> {
    const atHours = (performance.now() - this.beganAtMs) / MS_PER_HOUR;
    this.descriptors.push({ atHours, value: readdirSync(`/proc/${this.pid}/fd`).length });
    this.connections.push({ atHours, value: await this.log.count(CONNECTIONS) });
  }
}
