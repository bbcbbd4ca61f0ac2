export interface CheckLoopOptions {
  readonly intervalMs: number;
  /** Share of the interval by which each wait varies, so that many agents don't check in step. */
  readonly jitter: number;
  /** Runs one check; it bounds its own time. */
  readonly check: () => Promise<void>;
  /** A check that throws is a fault of ours; it ends neither the loop nor the agent. */
  readonly onError: (error: unknown) => void;
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
      this.running = this.runOnce();
    }, waitMs);
    this.timer.unref();
  }

  private async runOnce(): Promise<void> {
    try {
      await this.options.check();
    } catch (error) {
      this.options.onError(error);
    }
    this.schedule(this.nextWaitMs());
  }

  private nextWaitMs(): number {
    const { intervalMs, jitter, random = Math.random } = this.options;
    return intervalMs * (1 + jitter * (2 * random() - 1));
  }
}
