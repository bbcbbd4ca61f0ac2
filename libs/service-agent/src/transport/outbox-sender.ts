import type { MonotonicClock, Outbox } from '#libs/agent-core';
import { assembleBatches, type OutboundBatch } from '../assembly/outbound-batches.ts';
import { type AgentLog, describeError } from '../runtime/agent-log.ts';
import type { AgentTransport } from './agent-transport.ts';

export interface OutboxSenderOptions {
  readonly outbox: Outbox;
  readonly transport: AgentTransport;
  readonly clock: MonotonicClock;
  readonly agentId: string;
  readonly bootId: string;
  readonly log: AgentLog;
}

const MAX_AT_ONCE = 200;
/** Timers hold at most 24 days; the outbox never waits longer than ten minutes. */
const LONGEST_WAIT_MS = 600_000;

/** Sends what is due in the outbox, one run at a time. While the broker is away it does nothing at all. */
export class OutboxSender {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isAskedAgain = false;
  private isStopped = false;

  constructor(private readonly options: OutboxSenderOptions) {}

  /** Something new is in the outbox, or the broker is back. */
  nudge(): void {
    if (this.isStopped) return;
    if (this.running !== undefined) {
      this.isAskedAgain = true;
      return;
    }
    clearTimeout(this.timer);
    this.running = this.run().finally(() => {
      this.running = undefined;
      this.schedule();
    });
  }

  /** Waits for the run that is on its way; what remains is in the outbox. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    do {
      this.isAskedAgain = false;
      if (!this.options.transport.isConnected) return;
      for (const batch of assembleBatches(this.options.outbox.takeDue(MAX_AT_ONCE), this.options)) await this.send(batch);
    } while (this.isAskedAgain && !this.isStopped);
  }

  private async send({ ids, ...message }: OutboundBatch): Promise<void> {
    const { outbox, transport, log } = this.options;
    try {
      await transport.publish(message);
      outbox.acknowledge(ids);
    } catch (error) {
      log('warn', 'a message could not be sent', { kind: message.kind, error: describeError(error) });
      outbox.fail(ids);
    }
  }

  private schedule(): void {
    const due = this.options.outbox.nextDueMs();
    if (this.isStopped || due === undefined || !this.options.transport.isConnected) return;
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(10, due - this.options.clock.nowMs()));
    this.timer = setTimeout(() => this.nudge(), waitMs);
    this.timer.unref();
  }
}
