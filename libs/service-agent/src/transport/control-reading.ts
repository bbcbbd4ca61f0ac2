import { setTimeout as delay } from 'node:timers/promises';
import { type AgentLog, describeError } from '../runtime/agent-log.ts';

export interface ControlReadingOptions {
  /** Reads the stored control state and takes it. */
  readonly read: () => Promise<void>;
  readonly log: AgentLog;
  readonly retryMs?: number;
}

/**
 * Reads the control state anew after each connection, again and again until that succeeds: a stop may have been sent while the
 * link was down. One reading goes on at a time; that of an earlier connection ends when the next begins.
 */
export class ControlReading {
  private cancel = new AbortController();
  private latest: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(private readonly options: ControlReadingOptions) {}

  begin(): void {
    this.cancel.abort();
    // The link may come back in the moment in which everything ends.
    if (this.isStopped) return;
    this.cancel = new AbortController();
    this.latest = this.readUntilKnown(this.cancel.signal);
  }

  /** Waits for the latest reading, also for one that begins meanwhile. False when it was given up. */
  async isKnown(): Promise<boolean> {
    for (let awaited: Promise<void> | undefined; awaited !== this.latest;) {
      awaited = this.latest;
      await awaited;
    }
    return !this.cancel.signal.aborted;
  }

  stop(): void {
    this.isStopped = true;
    this.cancel.abort();
  }

  private async readUntilKnown(signal: AbortSignal): Promise<void> {
    const { read, log, retryMs = 1_000 } = this.options;
    while (!signal.aborted) {
      try {
        return await read();
      } catch (error) {
        log('debug', 'the control state is not there yet', { error: describeError(error) });
        await delay(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
