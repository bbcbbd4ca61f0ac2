import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { AppLogger } from '../logging/app-logger.ts';
import { Projections } from './projections.ts';

const MEASURE_MS = 500;

/** How far what decisions read is behind the log. Measured beside deciding, so that no decision waits for it. */
@Injectable()
export class ReadModelLag implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private last: { lagMs: number; atMs: number } | undefined;
  private isMeasuring = false;

  constructor(
    private readonly projections: Projections,
    private readonly logger: AppLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.measure(), MEASURE_MS);
    void this.measure();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** As much at least; the time since it was measured counts as lag. `undefined` before the first time. */
  get lagMs(): number | undefined {
    return this.last === undefined ? undefined : Math.round(this.last.lagMs + performance.now() - this.last.atMs);
  }

  private async measure(): Promise<void> {
    if (this.isMeasuring) return;
    this.isMeasuring = true;
    const atMs = performance.now();
    try {
      const names = this.projections.definitions.filter((one) => one.isReadByDecisions === true).map(({ name }) => name);
      const all = await this.projections.status();
      const read = all.filter(({ projection, state }) => state === 'live' && names.includes(projection));
      // Of nothing nobody knows how late it is.
      if (read.length > 0 && read.length === names.length)
        this.last = { lagMs: Math.max(...read.map(({ lagMs }) => lagMs)), atMs };
    } catch (error) {
      this.logger.problem('how far the read models are could not be measured', error);
    } finally {
      this.isMeasuring = false;
    }
  }
}
