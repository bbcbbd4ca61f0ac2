export interface CheckLoopOptions {
  readonly intervalMs: number;
  /** Share of the interval by which each wait varies, so that many agents don't check in step. */
  readonly jitter: number;
  /** Runs one check; it bounds its own time. */
  readonly check: () => Promise<void>;
  readonly random?: () => number;
}

/** Runs a check again and again, never two at a time: the wait begins when the last one has ended. */
export class CheckLoop {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(private readonly options: CheckLoopOptions) {}

  start(): void {
    this.schedule(0);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(waitMs: number): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.running = this.options.check().finally(() => this.schedule(this.nextWaitMs()));
    }, waitMs);
    this.timer.unref();
  }

  private nextWaitMs(): number {
    const { intervalMs, jitter, random = Math.random } = this.options;
    return intervalMs * (1 + jitter * (2 * random() - 1));
  }
}
