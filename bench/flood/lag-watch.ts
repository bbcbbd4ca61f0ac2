import type { LogWatch } from '../installation/log-watch.ts';

const EVERY_MS = 500;
/** The age of the first event that is not in what decisions read. */
const LAG = `SELECT max(extract(epoch FROM clock_timestamp() - e.recorded_at) * 1000)::int AS ms FROM projection_generations AS g
  JOIN events AS e ON e.lane = 0 AND e.position = g.position + 1
  WHERE g.state = 'live' AND g.projection IN ('incidents', 'fixes')`;

/** Looks again and again how far what decisions read is behind the log. */
export class LagWatch {
  private most = 0;
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> | undefined;

  constructor(private readonly log: LogWatch) {
    const look = (): void => void (this.looking ??= this.look().finally(() => (this.looking = undefined)));
    this.timer = setInterval(look, EVERY_MS);
  }

  /** @returns the most that was seen, in milliseconds */
  async end(): Promise<number> {
    clearInterval(this.timer);
    await this.looking;
    return this.most;
  }

  private async look(): Promise<void> {
    const [row] = await this.log.query<{ ms: number | null }>(LAG);
    this.most = Math.max(this.most, row?.ms ?? 0);
  }
}
